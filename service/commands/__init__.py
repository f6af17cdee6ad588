"""What scripts run."""
