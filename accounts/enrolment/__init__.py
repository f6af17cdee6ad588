"""Enrolled faces: consent, enrolment, the gallery, kept photos, cases for admins."""
