"""Question banks, exams, papers, attempts, grading and results."""
