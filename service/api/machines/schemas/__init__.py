"""Bodies of screens and kiosks."""
