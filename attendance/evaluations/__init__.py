"""Evaluations of a project by those who attended it."""
