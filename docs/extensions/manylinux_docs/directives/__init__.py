"""Directives: what a page of the source folder may contain, one module for each.

They may import evidence, wording, rendering and rule_anchors, but neither pages nor
files, which are made once all directives have run.
"""
