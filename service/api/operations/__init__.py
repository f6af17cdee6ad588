"""Health, jobs, and what the demo shows."""
