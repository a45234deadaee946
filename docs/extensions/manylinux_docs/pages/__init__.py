"""Pages that no source file asks for: one for each rule, one for each file it cites.

They may import evidence, wording, rendering and rule_anchors, but neither directives
nor files.
"""
