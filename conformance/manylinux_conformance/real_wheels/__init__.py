"""real_wheels."""
