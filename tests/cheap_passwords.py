"""Hashes of passwords that take no time: a test that signs fifty people in is about something else.

Services in processes of their own hash as always, and `SERVICE_HASHER` is what they use.
"""

from argon2 import PasswordHasher

from accounts.sign_in import passwords

SERVICE_HASHER = passwords._HASHER


def use() -> None:
    """Have this process make and check cheap hashes from now on."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._UNUSED_HASH = passwords._HASHER.hash("nobody signs in with this")
