"""Pages that no source file asks for: one for each rule, one for each file it cites.

They may import evidence, wording and rendering, but neither directives
nor files.
"""
