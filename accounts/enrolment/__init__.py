"""Faces on file: consent, enrolment, the gallery, kept photos, cases for admins."""
