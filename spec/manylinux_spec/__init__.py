"""The specification's data: finds and reads them, and imports no other package.

Whatever reads chapters, normative tables or ``rules.lock`` begins here.
"""
