"""What was answered, as data: lines, blocks that prove they are whole, the baseline.

Imports platforms and leaf modules; decides nothing.
"""
