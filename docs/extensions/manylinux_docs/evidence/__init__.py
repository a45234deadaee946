"""Evidence: what is on file about the rules, read once and added up for each tool.

It may import wording and the readers of the conformance suite; it knows no HTML.
"""
