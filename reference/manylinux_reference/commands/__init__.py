"""The command line and the protocol: what people and the suite ask, answered.

Commands import everything below them, and ``mutants`` only when a question needs it.
"""
