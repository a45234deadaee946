"""The Sphinx extension of this site; begin to read in ``extension.py``."""
