"""Who is on a project's roster, and who waits for a place."""
