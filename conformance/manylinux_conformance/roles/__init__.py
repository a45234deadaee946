"""What a tool can be asked to be, one module for each role, registered in one place.

A module has the role's adapter table, its plan, how it asks, and its smoke questions.
Imports asking, judging's lower floors and what those import; nothing here knows whether
a tool runs on this machine or in a container.
"""
