"""The fixture wheels, built into the cache, with their manifest.

Imports leaf modules and ``manylinux_fixtures``.
"""
