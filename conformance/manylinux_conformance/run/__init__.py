"""A run, from top to bottom: choose tools and places, plan, ask, judge, explain.

``pipeline`` is where to begin to read.  Imports everything below; only the command line
imports this.
"""
