"""Certificates: one's own, those of the authority, and the public page."""
