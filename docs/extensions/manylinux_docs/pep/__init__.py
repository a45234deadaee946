"""The specification as reStructuredText: a PEP, and a page for packaging.python.org.

It reads rules and results and is run by ``nox -s pep``; Sphinx has no part in it.
"""
