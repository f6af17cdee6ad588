"""Bodies of claims."""
