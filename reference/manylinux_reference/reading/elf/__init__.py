"""Reads ELF files as the loader and the kernel read them, out of a stream.

``reader`` is the way in, ``file`` what it returns.
"""
