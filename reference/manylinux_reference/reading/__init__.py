"""Bounded readers: bytes of archives and ELF files, and systems' answers, to facts.

They know no rule and import nothing but each other and the standard library.
"""
