"""Bodies of certificates."""
