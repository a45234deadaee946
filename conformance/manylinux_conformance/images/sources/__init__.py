"""Gets what an image is made of: from mirrors, registries, archives and packages.

It may import what its parent folder may.
"""
