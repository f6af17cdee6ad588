"""Signing in, tokens, passwords."""
