"""Reads what a wheel says of itself: file name, WHEEL, METADATA and entry points.

``reader`` is the way in; the ELF files in a wheel are read by ``elf``.
"""
