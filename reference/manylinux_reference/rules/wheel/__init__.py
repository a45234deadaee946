"""What a wheel may contain and need, and what an auditor makes of it.

These modules import the tag rules and the facts that ``reading`` finds in wheels.
"""
