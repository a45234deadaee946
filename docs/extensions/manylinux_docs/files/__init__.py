"""Files for programs, written beside the pages: ``rules.json`` and the badges.

They may import evidence, wording and rendering, but neither directives nor pages.
"""
