"""The conformance suite: rules put as questions to real, unmodified tools."""
