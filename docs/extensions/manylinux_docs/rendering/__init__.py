"""Rendering: HTML templates of ``docs/templates`` filled in, and targets of rules.

It may import nothing else of this project.
"""
