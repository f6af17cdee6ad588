"""Envelope encryption of templates and photos: each under a key of its person, each of these wrapped by a master key.

Pure cryptography, no storage: deleting the row of the wrapped key deletes the face, in every backup made from then on
of either; replacing the master key rewraps small keys and touches no template. AES-256-GCM throughout, with random
nonces: a person's key seals a handful of templates and photos in its life, a master key wraps fewer than 2^32 person
keys (NIST SP 800-38D, 8.3).
"""

import base64
import binascii
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from faces.matching.template import Template

KEY_BYTES, NONCE_BYTES = 32, 12
SEALED = b"\x01"  # version of the sealed form
ABOUT_KEY, ABOUT_TEMPLATE = b"face-vault person key 1\0", b"face-vault template 1\0"
ABOUT_PHOTO = b"face-vault photo 1\0"
ABOUT_PICTURES = b"face-vault pictures 1\0"


class VaultError(Exception):
    """A key is unknown, or what was sealed was changed, moved to another person, or is none of ours."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key, encrypted by the master key of this id."""

    master_id: str
    blob: bytes = field(repr=False)


class KeyRing:
    """Master keys by id, one of them current: new keys are wrapped by that one, old ones still open.

    Its file form is one line a key, `<id> <base64 of 32 bytes>`, the last one current.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys:
            raise VaultError("the current master key is not in the ring")
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise VaultError("a master key has 32 bytes")
        if any(not name or name.split() != [name] for name in keys):
            raise VaultError("the id of a master key has no spaces")
        self._keys = dict(keys)
        self.current = current

    def __repr__(self) -> str:
        return f"KeyRing({sorted(self._keys)}, current={self.current!r})"

    @classmethod
    def new(cls, name: str) -> Self:
        """Make a ring of one random key."""
        return cls({name: os.urandom(KEY_BYTES)}, name)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read the file form; raises VaultError."""
        try:
            lines = [line.split() for line in content.decode("ascii").splitlines() if line.strip()]
            keys = {name: base64.b64decode(key, validate=True) for name, key in lines}
        except (ValueError, binascii.Error):
            raise VaultError("not a key ring: one line a key, `<id> <base64>`") from None
        if not keys:
            raise VaultError("an empty key ring")
        return cls(keys, lines[-1][0])

    def to_bytes(self) -> bytes:
        """Write the file form."""
        ordered = [name for name in self._keys if name != self.current] + [self.current]
        return "".join(f"{name} {base64.b64encode(self._keys[name]).decode()}\n" for name in ordered).encode()

    def rotated(self, name: str) -> "KeyRing":
        """Return a ring with one more random key, which is the current one; raises VaultError for an id in use."""
        if name in self._keys:
            raise VaultError("this id is in use")
        return KeyRing({**self._keys, name: os.urandom(KEY_BYTES)}, name)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the master keys."""
        return tuple(self._keys)

    def key(self, name: str) -> bytes:
        """Return the master key of this id; raises KeyError."""
        return self._keys[name]

    def _cipher(self, name: str) -> AESGCM:
        try:
            return AESGCM(self._keys[name])
        except KeyError:
            raise VaultError("no master key of this id") from None

    def wrap(self, key: bytes) -> WrappedKey:
        """Encrypt a person's key by the current master key."""
        blob = _encrypt(self._cipher(self.current), key, ABOUT_KEY + self.current.encode())
        return WrappedKey(self.current, blob)

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """Decrypt a person's key; raises VaultError."""
        return _decrypt(self._cipher(wrapped.master_id), wrapped.blob, ABOUT_KEY + wrapped.master_id.encode())


def new_person_key(ring: KeyRing) -> WrappedKey:
    """Make a random key for one person, wrapped by the current master key."""
    return ring.wrap(os.urandom(KEY_BYTES))


def rewrap(wrapped: WrappedKey, ring: KeyRing) -> WrappedKey:
    """Wrap the same person's key by the current master key; what it sealed stays as it is. Raises VaultError."""
    return ring.wrap(ring.unwrap(wrapped))


def seal(template: Template, wrapped: WrappedKey, ring: KeyRing, context: bytes) -> bytes:
    """Encrypt a template by its person's key.

    context: what the template belongs to, such as the person's id; it isn't stored, and opening needs the same.
    """
    return SEALED + _encrypt(AESGCM(ring.unwrap(wrapped)), template.to_bytes(), ABOUT_TEMPLATE + context)


def open_sealed(blob: bytes, wrapped: WrappedKey, ring: KeyRing, context: bytes) -> Template:
    """Decrypt a template; raises VaultError where key, content or context is not what it was sealed with."""
    if not blob.startswith(SEALED):
        raise VaultError("not a sealed template of a known form")
    opened = _decrypt(AESGCM(ring.unwrap(wrapped)), blob[len(SEALED) :], ABOUT_TEMPLATE + context)
    try:
        return Template.from_bytes(opened)
    except ValueError:
        raise VaultError("what was sealed is no template") from None


def seal_photo(photo: bytes, wrapped: WrappedKey, ring: KeyRing, context: bytes) -> bytes:
    """Encrypt an encoded photo by its person's key; context as for templates, for which it never passes."""
    return SEALED + _encrypt(AESGCM(ring.unwrap(wrapped)), photo, ABOUT_PHOTO + context)


def open_sealed_photo(blob: bytes, wrapped: WrappedKey, ring: KeyRing, context: bytes) -> bytes:
    """Decrypt a photo; raises VaultError where key, content or context is not what it was sealed with."""
    if not blob.startswith(SEALED):
        raise VaultError("not a sealed photo of a known form")
    return _decrypt(AESGCM(ring.unwrap(wrapped)), blob[len(SEALED) :], ABOUT_PHOTO + context)


def picture_key(wrapped: WrappedKey, ring: KeyRing) -> bytes:
    """Return the secret that keys the hashes of a person's used pictures, 32 bytes; it goes with the person's key."""
    return hmac.digest(ring.unwrap(wrapped), ABOUT_PICTURES, "sha256")


def _encrypt(cipher: AESGCM, content: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, about)


def _decrypt(cipher: AESGCM, blob: bytes, about: bytes) -> bytes:
    try:
        return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        raise VaultError("changed since it was sealed, or sealed for another place") from None
