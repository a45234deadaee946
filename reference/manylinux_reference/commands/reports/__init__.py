"""Writes reports on wheels: for people, as JSON and as annotations of a CI run."""
