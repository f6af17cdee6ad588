"""Networks made from others once, and kept in a folder.

The file's name tells what it was made of and by which version of the conversion, its hash lies beside it. A file that
is missing, changed or of another version is made anew. Whoever makes one holds the folder locked, so that of two
processes at once the second finds what the first has made.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MODE = 0o600


@dataclass(frozen=True, slots=True)
class CachedFile:
    """The name of a kept file. network: the part that it shares with what other versions made; version: the rest."""

    network: str
    version: str


def load_or_make(folder: Path, name: CachedFile, make: Callable[[], bytes]) -> bytes:
    """Return the kept file, making it first if need be.

    folder: made if missing. Raises what `make` raises, and OSError where a file can't be read or written.
    """
    kept = folder / f"{name.network}{name.version}.onnx"
    found = _read_if_whole(kept)
    if found is not None:
        return found
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        found = _read_if_whole(kept)
        if found is not None:  # another process was first
            return found
        made = make()
        _drop_others(folder, name)
        _write(kept, made)
        _write(_hash_beside(kept), _hash_of(made).encode())
        return made


def _read_if_whole(kept: Path) -> bytes | None:
    try:
        content, told = kept.read_bytes(), _hash_beside(kept).read_bytes()
    except FileNotFoundError:
        return None
    return content if told == _hash_of(content).encode() else None


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; the folder must be locked."""
    draft = path.with_suffix(path.suffix + ".draft")
    draft.unlink(missing_ok=True)  # of a process that was killed
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _drop_others(folder: Path, name: CachedFile) -> None:
    """Remove what other versions made, and what isn't whole."""
    for each in folder.glob(f"{name.network}*"):
        each.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _hash_beside(kept: Path) -> Path:
    return kept.with_suffix(".sha256")


def _hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
