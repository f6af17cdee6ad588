"""The signer of tree heads and proof bundles, and the public keys of all of them, old ones too."""

from typing import Any

from foundation.signing import Signer, public_bytes, public_jwk
from service.configuration.keys import Keys
from service.configuration.settings import Settings


def ledger_signer(keys: Keys) -> Signer:
    """Return this installation's signer. Its key signs tree heads and proof bundles; `typ` tells them apart."""
    return Signer(keys.ledger)


def ledger_key_set(settings: Settings, keys: Keys) -> list[dict[str, Any]]:
    """Return the public keys of all signed tree heads and bundles as JWKs, the current key first.

    Old keys come from the settings and not from the database. Otherwise a person with write access to the database
    could add a key and sign a different history with it.
    """
    old = [public_jwk(public_bytes(x)) for x in settings.ledger_old_public_keys]
    found = {each["kid"]: each for each in [Signer(keys.ledger).public_key(), *old]}
    return list(found.values())
