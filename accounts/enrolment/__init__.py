"""Enrolled faces: consent, enrolment, the gallery, kept photos, and what holds an enrolment."""
