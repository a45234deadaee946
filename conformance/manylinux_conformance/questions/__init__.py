"""Kinds of question, one module each: fields, how it is put, what is right, in words.

Imports results, platforms, the corpus's manifest and leaf modules; asks nobody.
"""
