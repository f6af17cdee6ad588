"""Faces on file: cases, policies, calibrations."""
