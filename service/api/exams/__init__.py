"""Question banks, exams, attempts and results."""
