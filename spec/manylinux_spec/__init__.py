"""The specification's data: finds and reads them.

Whatever reads chapters, normative tables or ``rules.lock`` begins here.
It imports the standard library and msgspec, and no other package of the project.
"""
