"""Bodies and answers as JSON."""
