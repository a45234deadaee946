"""Platforms that are containers: their images, their engine, and runs in them."""
