"""Verdicts are made here, and nowhere else: an answer beside what its question expects.

Imports questions and results.
"""
