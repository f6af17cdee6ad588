"""Loads the secret keys from the settings, or generates them once under VAR/keys with mode 600 (embedded only)."""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, field, fields
from pathlib import Path

from pydantic import SecretStr

from faces.matching.vault import KeyRing
from foundation.stored_files.store import KEY_ID
from service.configuration.settings import Settings


class BadKey(ValueError):
    """A key in the settings or under VAR/keys can't be read. The message names the key, never its value."""


@dataclass(frozen=True, repr=False)
class Keys:
    """All secret keys. `repr` does not show them."""

    jwt: bytes
    lookup: bytes
    venue: bytes
    receipt: bytes
    ledger: bytes
    face_index: bytes
    face_ring: KeyRing = field()
    file_ring: KeyRing = field()

    @property
    def by_setting(self) -> dict[str, bytes]:
        """The keys by the name of their setting, without the two rings."""
        names = (each.name for each in fields(self) if not each.name.endswith("_ring"))
        return {f"{name.upper()}_KEY": getattr(self, name) for name in names}


def load_keys(settings: Settings) -> Keys:
    """Return all keys. In the embedded default, generate missing keys.

    Raises BadKey if a key is not base64 or is shorter than 32 bytes; OSError if VAR can't be written.
    """
    folder = settings.var / "keys"

    def one(name: str, given: SecretStr | None) -> bytes:
        text = given.get_secret_value() if given else _kept(folder, name)
        return _decoded(name, text)

    def ring(name: str, given: SecretStr | None) -> KeyRing:
        return _ring(name, given.get_secret_value() if given else _kept(folder, name, prefix="k1:"))

    keys = Keys(
        jwt=one("jwt_key", settings.jwt_key),
        lookup=one("lookup_key", settings.lookup_key),
        venue=one("venue_key", settings.venue_key),
        receipt=one("receipt_key", settings.receipt_key),
        ledger=one("ledger_key", settings.ledger_key),
        face_index=one("face_index_key", settings.face_index_key),
        face_ring=ring("face_master_keys", settings.face_master_keys),
        file_ring=ring("file_keys", settings.file_keys),
    )
    rings = {"FACE_MASTER_KEYS": keys.face_ring, "FILE_KEYS": keys.file_ring}
    in_rings = {f"{name} {ident}": each.key(ident) for name, each in rings.items() for ident in each.ids}
    _check_different({**keys.by_setting, **in_rings})
    return keys


def _ring(name: str, text: str) -> KeyRing:
    """Return the keys of a setting that holds several. The first one is current. Raises BadKey."""
    pairs = [part.strip().partition(":") for part in text.split(",") if part.strip()]
    if not pairs or any(not ident or not separator for ident, separator, _ in pairs):
        raise BadKey(f"{name.upper()}: wanted id:base64, separated by commas")
    if any(not KEY_ID.fullmatch(ident) for ident, _, _ in pairs) and name == "file_keys":
        raise BadKey(f"{name.upper()}: an id has 32 letters, digits, dots and dashes at most")
    ring = {ident: _decoded(name, key) for ident, _, key in pairs}
    if len(ring) < len(pairs):
        raise BadKey(f"{name.upper()}: an id twice")
    return KeyRing(keys=ring, current=pairs[0][0])


def _check_different(keys: dict[str, bytes]) -> None:
    """Raise BadKey where two settings have the same key: who learns one of them would have both."""
    seen: dict[bytes, str] = {}
    for name, key in keys.items():
        if key in seen:
            raise BadKey(f"{seen[key]} and {name} are the same key")
        seen[key] = name


def _kept(folder: Path, name: str, prefix: str = "") -> str:
    """Return the key stored in `folder`; generate it if it is missing. Two processes at once get the same key."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".{name}.{secrets.token_hex(8)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:  # noqa: PTH123 - mode at birth
            out.write(prefix + base64.b64encode(secrets.token_bytes(32)).decode())
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)  # fails if another process was first; a reader never sees half a key
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def _decoded(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadKey(f"{name.upper()}: not base64") from None
    if len(key) < 32:
        raise BadKey(f"{name.upper()}: {'empty' if not key else 'shorter than 32 bytes'}")
    return key[:32]
