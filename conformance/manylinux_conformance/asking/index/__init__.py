"""How package indexes are asked: a server is started or found, and wheels are uploaded.

Imports asking and what that imports.
"""
