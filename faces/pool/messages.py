"""What web worker and face worker say to each other over one connection: one request, one reply.

A message is four bytes of length (big-endian) and that many bytes of content. Both ends are ours, on one machine and of
one release, so there is no version; sizes are bounded all the same, so that no mistake turns into a gigabyte.
"""

import json
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from faces.engine import Fingerprint, Look, Purpose, Quality
from faces.errors import EngineDown, FaceError, UnknownModel, leaves
from faces.pool.readings import read_reading, write_reading

LARGEST_PHOTO = 32 * 2**20
LARGEST_REPLY = 64 * 2**10
LENGTH = struct.Struct(">I")
PURPOSES = {Purpose.ENROL: b"E", Purpose.CHECK_IN: b"C", Purpose.CHALLENGE: b"L"}
SEEN, REFUSED = b"L", b"R"
LONGEST_MODEL = 255  # bytes of a network's name
PIECE = 2**18


class ConnectionLost(Exception):
    """The other end is gone, or said something that is no message."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock that a whole exchange has to meet."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline this many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds left; raises TimeoutError when there are none."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds


def send(connection: socket.socket, content: bytes, deadline: Deadline) -> None:
    """Send one message; raises ConnectionLost or TimeoutError."""
    connection.settimeout(deadline.left())
    try:
        connection.sendall(LENGTH.pack(len(content)))
        connection.settimeout(deadline.left())
        connection.sendall(content)
    except (BrokenPipeError, ConnectionError):
        raise ConnectionLost from None


def receive(connection: socket.socket, largest: int, deadline: Deadline) -> bytes:
    """Receive one message; raises ConnectionLost or TimeoutError."""
    (length,) = LENGTH.unpack(_exactly(connection, LENGTH.size, deadline))
    if length > largest:
        raise ConnectionLost
    return _exactly(connection, length, deadline)


def _exactly(connection: socket.socket, length: int, deadline: Deadline) -> bytes:
    received = bytearray()
    while len(received) < length:
        connection.settimeout(deadline.left())
        try:
            piece = connection.recv(min(PIECE, length - len(received)))
        except ConnectionError:
            raise ConnectionLost from None
        if not piece:
            raise ConnectionLost
        received += piece
    return bytes(received)


def pack_request(photo: bytes, purpose: Purpose, model: str | None = None) -> bytes:
    """Pack a photo, what it is for, and the network to embed it with, the engine's own by default."""
    name = (model or "").encode()
    if len(name) > LONGEST_MODEL:
        raise UnknownModel
    return PURPOSES[purpose] + bytes([len(name)]) + name + photo


def unpack_request(content: bytes) -> tuple[bytes, Purpose, str | None]:
    """Return photo, purpose and network; raises ConnectionLost."""
    for purpose, letter in PURPOSES.items():
        if content[:1] == letter and len(content) >= 2 + content[1]:
            start = 2 + content[1]
            return content[start:], purpose, content[2:start].decode(errors="replace") or None
    raise ConnectionLost


def pack_look(look: Look) -> bytes:
    """Pack what was seen: its description as JSON, then the numbers of each network as float32."""
    rows = look.descriptors
    about = {
        "engine": look.engine,
        "quality": look.quality.as_dict(),
        "networks": [[name, len(row)] for name, row in rows.items()],
        "mirrored": [[name, len(row)] for name, row in look.mirrored.items()],
        "fingerprint": _written(look.fingerprint),
        "mesh": None if look.mesh is None else write_reading(look.mesh),
    }
    packed = json.dumps(about).encode()
    numbers = b"".join(row.astype(np.float32).tobytes() for row in (*rows.values(), *look.mirrored.values()))
    return SEEN + LENGTH.pack(len(packed)) + packed + numbers


def _written(fingerprint: Fingerprint | None) -> list[str | int] | None:
    if fingerprint is None:
        return None
    return [fingerprint.file.hex(), fingerprint.pixels.hex(), fingerprint.bits]


def _read(written: list[Any] | None) -> Fingerprint | None:
    if written is None:
        return None
    return Fingerprint(bytes.fromhex(written[0]), bytes.fromhex(written[1]), written[2])


def pack_refusal(error: FaceError) -> bytes:
    """Pack a refusal: its code and advice."""
    return REFUSED + json.dumps({"code": error.code, "advice": error.advice}).encode()


def unpack_reply(content: bytes) -> Look:
    """Return the look, or raise the refusal."""
    if content[:1] == REFUSED:
        told = json.loads(content[1:])
        raise leaves().get(told["code"], EngineDown)(advice=tuple(told["advice"]))
    (length,) = LENGTH.unpack_from(content, 1)
    start = 1 + LENGTH.size
    about = json.loads(content[start : start + length])
    quality = Quality(**{**about["quality"], "advice": tuple(about["quality"]["advice"])})
    numbers = np.frombuffer(content[start + length :], np.float32).copy()
    sizes = [*about["networks"], *about["mirrored"]]
    pieces = np.split(numbers, np.cumsum([size for _, size in sizes])[:-1])
    names, plain = [name for name, _ in sizes], len(about["networks"])
    rows = dict(zip(names[:plain], pieces[:plain], strict=True))
    mirrored = dict(zip(names[plain:], pieces[plain:], strict=True))
    engine = about["engine"]
    mesh = None if about["mesh"] is None else read_reading(about["mesh"])
    return Look(rows.pop(engine), quality, engine, rows, mirrored, _read(about["fingerprint"]), mesh)
