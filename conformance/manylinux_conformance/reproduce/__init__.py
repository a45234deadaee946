"""Writes a folder with which anybody repeats a verdict with the tool alone.

Imports tools, asking, sandbox, suite, results and what those import.
"""
