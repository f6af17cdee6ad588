"""Claims of people, and their review."""
