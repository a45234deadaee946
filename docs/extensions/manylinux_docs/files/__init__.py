"""Files for programs, written beside the pages: ``rules.json`` and the badges.

They may import evidence, wording and rule_anchors, but neither directives nor pages.
"""
