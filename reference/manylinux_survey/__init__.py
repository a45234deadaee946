"""Judges as many wheels as an index has, on one machine or on a cluster.

It may import the reference, whose auditor it asks; nothing imports it but the
``manylinux survey`` command, when it is called.
"""
