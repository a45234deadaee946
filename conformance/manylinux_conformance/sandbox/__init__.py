"""Provides a tool and runs it: a folder of its own, its environment, the shim.

Imports platforms and leaf modules.
"""
