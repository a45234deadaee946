"""Turns blocks of results into what people and programs read; decides nothing.

Imports results, the suite's rules and the tools' deviations.
"""
