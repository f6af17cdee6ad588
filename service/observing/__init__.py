"""Logs, metrics, and what must never be in them."""
