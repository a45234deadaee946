"""Audits published wheels with the reference, with auditwheel and with glibc's loader.

Imports roles and what those import, and the tools' adapters.
"""
