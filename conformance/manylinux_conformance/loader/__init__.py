"""glibc's own loader says whether a file resolves on a release, from stubs of it.

Imports questions, the corpus and leaf modules; starts loaders, natively or in QEMU.
"""
