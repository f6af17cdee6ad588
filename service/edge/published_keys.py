"""Who signs the tree heads of the ledger here, and with which keys they were signed before."""

from typing import Any

from foundation.signing import Signer, public_bytes, public_jwk
from service.configuration.keys import Keys
from service.configuration.settings import Settings


def ledger_signer(keys: Keys) -> Signer:
    """Return the signer of this installation, with the key that is for tree heads alone."""
    return Signer(keys.ledger)


def ledger_key_set(settings: Settings, keys: Keys) -> list[dict[str, Any]]:
    """Return the public keys, as JWKs, of all heads that were ever signed: the key in use first.

    The old ones come from the settings and never from the database: who owns that could add a key of their own, and
    sign another history with it.
    """
    old = [public_jwk(public_bytes(x)) for x in settings.ledger_old_public_keys]
    found = {each["kid"]: each for each in [Signer(keys.ledger).public_key(), *old]}
    return list(found.values())
