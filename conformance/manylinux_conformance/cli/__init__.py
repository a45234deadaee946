"""The command line: options are read, progress is shown, an error becomes one line.

Imports everything; nothing imports it.
"""
