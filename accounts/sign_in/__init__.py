"""Signing in: passwords, SMS codes, sign-ins and their tokens' families."""
