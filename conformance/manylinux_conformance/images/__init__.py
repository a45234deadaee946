"""Prepares the images of platforms, from registries, mirrors and archives.

Imports platforms and leaf modules.
"""
