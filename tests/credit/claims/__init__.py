"""Claims and their review."""
