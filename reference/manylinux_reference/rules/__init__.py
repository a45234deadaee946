"""What the specification says, as functions from facts to decisions and findings.

Rules import the facts of ``reading`` and each other, and nothing from above.
"""
