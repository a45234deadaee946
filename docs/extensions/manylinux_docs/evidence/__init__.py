"""Evidence: what is on file about the rules, read once and added up for each tool.

It may import wording, rendering (whose templates are an input, too) and the readers of
the conformance suite; it makes no page.
"""
