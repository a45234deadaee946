"""Which tags fit a system, in which order, and which wheel an installer takes.

These modules import the tag rules, and of ``reading`` what a system says of itself.
"""
