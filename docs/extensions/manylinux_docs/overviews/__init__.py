"""Overviews: lists and tables over everything that has a page of its own.

They may import directives, evidence, wording and rendering.
"""
