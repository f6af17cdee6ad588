"""The only part that knows HTTP."""
