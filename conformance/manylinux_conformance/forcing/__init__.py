"""Breaks each rule in the reference and looks for a case that notices.

Imports roles and what those import, and the tools' adapters.
"""
