"""The minimal reference implementation of the manylinux specification."""
