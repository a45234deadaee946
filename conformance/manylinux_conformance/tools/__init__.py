"""Which tools there are: adapter files, the choice of the user, recorded deviations.

Imports roles, whose tables an adapter file holds, results and leaf modules.
"""
