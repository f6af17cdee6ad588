"""Logs and figures: what the operator sees of a running service."""
