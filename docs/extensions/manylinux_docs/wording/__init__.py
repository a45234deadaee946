"""Wording: cases and fixture recipes put into sentences for a reader.

It may import the suite's and the fixtures' types, and nothing else of this package.
"""
