"""Repeated sign-ins: a client that lost the answer sends the same request again and is signed in (M-7)."""

from datetime import timedelta

REPEATED_WITHIN = timedelta(minutes=10)
"""How long a sign-in, a forced password change or a reset may be repeated with its Idempotency-Key."""
