"""Platforms: an architecture, a C library with its version, and how it comes about.

Imports leaf modules.
"""
