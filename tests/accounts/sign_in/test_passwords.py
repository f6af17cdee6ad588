"""What the service hashes passwords with, which other tests replace."""

from argon2.low_level import Type

from accounts.sign_in.passwords import is_password
from tests.cheap_passwords import SERVICE_HASHER


def test_a_hash_costs_who_guesses_what_owasp_asks_for() -> None:
    hashed = SERVICE_HASHER.hash("Ward-7-rounds!")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (SERVICE_HASHER.type, SERVICE_HASHER.salt_len) == (Type.ID, 16)
    assert is_password(hashed, "Ward-7-rounds!")
    assert not is_password(hashed, "Ward-8-rounds!")


def test_no_hash_is_like_another() -> None:
    assert SERVICE_HASHER.hash("Ward-7-rounds!") != SERVICE_HASHER.hash("Ward-7-rounds!")
