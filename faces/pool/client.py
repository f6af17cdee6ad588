"""The face engine as a web worker sees it: a socket behind which a pool of processes works.

Loads neither dlib nor OpenCV, so that web workers stay small.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from faces.engine import Look, Purpose
from faces.errors import EngineBusy, EngineDown, PhotoTooLarge
from faces.photos.headers import picture_end
from faces.pool.messages import (
    LARGEST_PHOTO,
    LARGEST_REPLY,
    LONGEST_MODEL,
    ConnectionLost,
    Deadline,
    pack_request,
    receive,
    send,
    unpack_reply,
)

LONGEST_ADDRESS = 100  # the kernel takes 107 bytes


class PoolEngine:
    """A FaceEngine that lets a pool do the work; holds nothing between looks, so any thread may use it.

    patience: seconds that one look may take, waiting in the queue included.
    networks: of the engine in the pool, its own first.
    """

    def __init__(
        self, path: Path | str, patience: float = 20.0, networks: tuple[str, ...] = ("dlib-resnet-v1",)
    ) -> None:
        self.name, self.networks = networks[0], networks
        self._path = Path(path)
        self._patience = patience

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Have a photo looked at.

        Raises EngineBusy at once where the queue is full, and when the patience has run out; EngineDown where nothing
        listens, or where two workers in a row died of this photo; otherwise what the engine raises.
        """
        most = LARGEST_PHOTO - 2 - LONGEST_MODEL
        if len(photo) > most:
            photo = photo[: picture_end(photo)]  # without the video of a motion photo
            if len(photo) > most:
                raise PhotoTooLarge
        request, deadline = pack_request(photo, purpose, model), Deadline.after(self._patience)
        for _ in range(2):
            try:
                return unpack_reply(self._exchange(request, deadline))
            except ConnectionLost:
                continue
            except TimeoutError:
                raise EngineBusy from None
        raise EngineDown

    def ready(self) -> bool:
        """Return whether a pool listens; a full queue is a pool at work."""
        try:
            self._connect().close()
        except EngineBusy:
            return True
        except EngineDown:
            return False
        return True

    def _exchange(self, request: bytes, deadline: Deadline) -> bytes:
        with self._connect() as connection:
            send(connection, request, deadline)
            return receive(connection, LARGEST_REPLY, deadline)

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            with address(self._path) as place:
                connection.connect(place)
        except BlockingIOError:  # the kernel's queue of waiting connections is our queue
            connection.close()
            raise EngineBusy from None
        except OSError:
            connection.close()
            raise EngineDown from None
        return connection


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """Return a socket's path in a form short enough for the kernel, through its folder's descriptor if need be."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
