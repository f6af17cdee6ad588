"""What the caller sees of themselves."""
