"""Covered faces: tell a covered mouth and covered eyes from an aligned face, and draw covers to learn from."""
