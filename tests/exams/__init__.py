"""Evaluations and online exams."""
