"""Who has not done something yet, and reminders."""
