"""Learners who have not checked out, evaluated or passed the exam, and reminders to them."""
