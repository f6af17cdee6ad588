"""A store of sealed files by their hash, and what the rest of the product sees of it."""

import hashlib
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.errors import FileStoreUnavailable, FileUnreadable

_log = logging.getLogger(__name__)
_AGAIN = 30  # seconds
_MAGIC = b"CMEF1"
_NONCE = 12
_NAME = re.compile(r"[0-9a-f]{64}")
KEY_ID = re.compile(r"[A-Za-z0-9._-]{1,32}")


class FileMissing(LookupError):
    """The store has no file of this name."""


class StoreFails(OSError):
    """The store did not answer, or refused: try again later."""


class FileStore(Protocol):
    """Keeps bytes under names of 64 hexadecimal digits. It knows nothing of what they mean.

    `put` replaces a file of that name; after it returns, the file lasts, and a reader never sees half of one. `get`
    raises FileMissing. `delete` of a missing file is no error. Each raises StoreFails, or OSError of the disk.
    """

    def put(self, name: str, content: bytes) -> None:
        """Store the content under the name."""

    def get(self, name: str) -> bytes:
        """Return the content. Raises FileMissing."""

    def exists(self, name: str) -> bool:
        """Return whether there is such a file."""

    def delete(self, name: str) -> None:
        """Delete the file, if there is one."""

    def older_than(self, shard: str, until: datetime) -> Iterator[str]:
        """Yield the names that begin with two hexadecimal digits and were stored before an instant."""

    def ready(self) -> bool:
        """Return whether the store can be read and written now."""


def check_name(name: str) -> str:
    """Return the name of a file. Raises ValueError for what is none, so that no name leaves the folder."""
    if not _NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return name


@dataclass(frozen=True)
class Stored:
    """What was put into the store. name: SHA-256 of the sealed bytes; key_id: what sealed it; size: of the plain."""

    name: str
    key_id: str
    size: int


class SealedFiles:
    """Seals files with AES-256-GCM before a store keeps them, and opens them again.

    The name of a file is the hash of its sealed bytes. So `sha256sum` finds a damaged file without the key, two
    files with the same content have different names, and a name tells nobody what is in the file.
    """

    def __init__(self, store: FileStore, keys: Mapping[str, bytes], current: str) -> None:
        if current not in keys or any(not KEY_ID.fullmatch(each) for each in keys):
            raise ValueError("the current key must be among the keys, each with an id of 32 letters at most")
        self.store = store
        self.current = current
        self._aeads = {ident: AESGCM(_derived(key)) for ident, key in keys.items()}

    def put(self, content: bytes) -> Stored:
        """Seal and store a file, and return its name. Do it outside a transaction: a disk or a network is slow."""
        nonce, head = secrets.token_bytes(_NONCE), _head(self.current)
        sealed = head + nonce + self._aeads[self.current].encrypt(nonce, content, head)
        name = hashlib.sha256(sealed).hexdigest()
        with _answering():
            self.store.put(name, sealed)
        return Stored(name, self.current, len(content))

    def get(self, name: str) -> bytes:
        """Return the content of a file. Raises FileUnreadable, FileStoreUnavailable."""
        with _answering():
            sealed = self.store.get(check_name(name))
        key_id, start = _read_head(sealed)
        aead = self._aeads.get(key_id)
        if aead is None:
            _log.error("the stored file %s is sealed with %s, which is not among FILE_KEYS", name, key_id)
            raise FileUnreadable
        try:
            return aead.decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], sealed[:start])
        except (InvalidTag, ValueError):
            _log.error("the stored file %s was changed in the store", name)
            raise FileUnreadable from None

    def exists(self, name: str) -> bool:
        """Return whether the store has the file."""
        with _answering():
            return self.store.exists(check_name(name))


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what the store says into refusals that a person can act on."""
    try:
        yield
    except FileMissing as error:
        _log.error("the stored file %s is missing", error)
        raise FileUnreadable from None
    except StoreFails as error:
        _log.error("%s", error)
        raise FileStoreUnavailable(retry_after=_AGAIN) from error


def _derived(key: bytes) -> bytes:
    """Return the key for this one purpose, whatever else was made from the same bytes."""
    return hashlib.sha256(b"cme stored file 1\0" + key).digest()


def _head(key_id: str) -> bytes:
    return _MAGIC + bytes([len(key_id)]) + key_id.encode()


def _read_head(sealed: bytes) -> tuple[str, int]:
    """Return the id of the key and where the nonce begins. Raises FileUnreadable."""
    start = len(_MAGIC) + 1
    if sealed[: len(_MAGIC)] != _MAGIC or len(sealed) < start + sealed[len(_MAGIC)] + _NONCE:
        raise FileUnreadable
    end = start + sealed[len(_MAGIC)]
    return sealed[start:end].decode(errors="replace"), end
