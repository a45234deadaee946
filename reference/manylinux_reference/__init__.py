"""A minimal reference: every rule of the specification, followed."""
