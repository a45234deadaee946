"""What is promised and what is asked: rules, cases and platforms, loaded and linted.

Imports questions, platforms, the corpus's manifest and leaf modules.
"""
