"""Exams: papers, attempts, grading, corrections, exceptions and results."""
