"""The gate of an index: what lets a wheel in, as a command, in WSGI, and as a proxy.

``middleware`` stands in front of an application, ``proxy`` in front of an address.
"""
