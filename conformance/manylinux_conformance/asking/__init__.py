"""How questions are put, whatever the role: plans, probe projects, builds, tables.

Imports sandbox, loader, suite, questions and what those import.
"""
