"""Wrong functions for each rule, and what puts them in the place of the right ones.

Mutants import ``rules`` and ``reading``; nothing there knows that they exist, and only
``commands.serve`` imports them, when it is asked for one.
"""
