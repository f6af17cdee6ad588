"""dlib's network as ONNX, converted once and kept in a folder.

The file's name tells what it was made of and by which version of this code, its hash lies beside it. A file that is
missing, changed or of another version is made anew. Whoever makes one holds the folder locked, so that of two processes
at once the second finds what the first has made.
"""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from faces.card import UnusableNetwork
from faces.dlib_models import NETWORK, NETWORK_SHA256

VERSION = 1  # of the conversion: raise it with every change of what it writes
PREFIX = "dlib-resnet-v1-"
MODE = 0o600


def load_converted(folder: Path, models: Path) -> bytes:
    """Give the converted network, making it first if need be.

    folder: where it is kept, made if missing. models: where dlib's own file lies. Raises UnusableNetwork where that
    isn't the known file, or the result isn't equal to it; OSError where a file can't be read or written.
    """
    kept = folder / f"{PREFIX}{NETWORK_SHA256[:12]}-{VERSION}.onnx"
    found = _read_if_whole(kept)
    if found is not None:
        return found
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):
        found = _read_if_whole(kept)
        if found is not None:  # another process was first
            return found
        converted = convert(models / NETWORK)
        _drop_others(folder)
        _write(kept, converted)
        _write(_hash_beside(kept), _hash_of(converted).encode())
        return converted


def convert(network: Path, *, sha256: str | None = NETWORK_SHA256) -> bytes:
    """Convert dlib's network file, and check the result against dlib; raises UnusableNetwork or OSError.

    sha256: what the file must be; None lets in others that hold the same network.
    """
    from faces.conversion import check  # dlib and ONNX Runtime, which nobody needs who finds the file made
    from faces.conversion.dlib_network import read_known_network
    from faces.conversion.dlib_to_onnx import to_onnx
    from faces.conversion.serialized import DamagedFile

    try:
        converted = to_onnx(read_known_network(network.read_bytes(), sha256=sha256))
    except DamagedFile as damaged:
        raise UnusableNetwork(f"{network.name}: {damaged}; install face_recognition_models anew") from damaged
    chips = check.noise_chips()
    check.refuse_unless_equal(converted, chips, check.embed_by_dlib(network, chips))
    return converted


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


def _drop_others(folder: Path) -> None:
    """Remove what other versions made, and what isn't whole."""
    for each in folder.glob(f"{PREFIX}*"):
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
