"""Load on a running service, from separate processes."""
