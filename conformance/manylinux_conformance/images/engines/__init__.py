"""Speaks to container engines, and says which emulators a machine has.

Imports platforms and leaf modules, and nothing of what prepares images.
"""
