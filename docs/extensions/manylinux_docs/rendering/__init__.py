"""Rendering: fills in the HTML templates of ``docs/templates``.

It may import nothing else of this project.
"""
