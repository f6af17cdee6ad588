"""The files for the counters of web workers, safe on a full disk.

The library maps sparse files into memory. If the disk has no space for a page, a write to it kills the process with
SIGBUS in the middle of a request. So each file is reserved completely before it is mapped. Without space for the file,
the process counts in its own memory and moves the counts into the file when there is space again.
"""

import errno
import logging
import mmap
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from prometheus_client import mmap_dict, values

_log = logging.getLogger(__name__)
_FIRST_SIZE = 2**18  # bytes; doubled when the file is full
_HEAD = 8  # the first bytes hold the number of used bytes
_MOST_BESIDE_KEY = 32  # the key's length and padding, and two doubles
_PAUSE_SECONDS = 10.0
_UNSUPPORTED = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


def install() -> None:
    """Replace prometheus_client's files by reserved ones."""
    vars(values)["MmapedDict"] = ReservedCounts  # the name by which each process opens its files


def reserve(number: int, size: int) -> None:
    """Extend an open file to `size` bytes, all with space on the disk. Raises OSError if the disk has no space."""
    try:
        os.posix_fallocate(number, 0, size)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        held = os.fstat(number).st_size
        os.pwrite(number, bytes(size - held), held)


class ReservedCounts(mmap_dict.MmapedDict):
    """The library's dict of counts, in a file that has disk space for each page.

    Like the library's it is not thread-safe: its only user holds a lock.
    """

    def __init__(self, filename: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = Path(filename), clock
        self._next_try: float | None = None
        self._f: BinaryIO | None = None  # type: ignore[assignment] # the library always has a file
        self._positions: dict[str, int] = {}
        self._m, self._capacity, self._used = mmap.mmap(-1, _FIRST_SIZE), _FIRST_SIZE, _HEAD
        self._m[:_HEAD] = _HEAD.to_bytes(_HEAD, sys.byteorder)
        if not self._go_on_with_file():
            self._move_into_file(_FIRST_SIZE)

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Store one count; from time to time check whether the disk has space again."""
        if self._next_try is not None and self._clock() >= self._next_try:
            self._move_into_file(self._capacity)
        super().write_value(key, value, timestamp)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        needed, size = self._used + len(key.encode()) + _MOST_BESIDE_KEY, self._capacity
        while size < needed:
            size *= 2
        if size > self._capacity and not self._move_into_file(size):
            self._go_on_in(mmap.mmap(-1, size), size)
        super()._init_value(key)  # type: ignore[no-untyped-call]

    def _go_on_with_file(self) -> bool:
        """Continue the file of an ended process with the same number; return whether there was one."""
        try:
            found = self._path.open("r+b")
        except FileNotFoundError:
            return False
        size = os.fstat(found.fileno()).st_size
        self._f, self._m, self._capacity = found, mmap.mmap(found.fileno(), size), size
        self._used = int.from_bytes(self._m[:4], sys.byteorder)
        values_kept = self._read_all_values()  # type: ignore[no-untyped-call]
        self._positions = {key: place for key, _, _, place in values_kept}
        return True

    def _move_into_file(self, size: int) -> bool:
        """Reserve `size` bytes of the file and use it; return whether the disk has space for them."""
        try:
            if self._f is None:
                self._make_file(size)
            else:
                reserve(self._f.fileno(), size)
                self._go_on_in(mmap.mmap(self._f.fileno(), size), size)
        except OSError as error:
            if self._next_try is None:
                _log.warning("figures are counted in memory, the disk has no room for them: %s", error.strerror)
            self._next_try = self._clock() + _PAUSE_SECONDS
            return False
        self._next_try = None
        return True

    def _make_file(self, size: int) -> None:
        """Create the file under another name, then rename it, so that a reader of all files finds no empty one."""
        draft = self._path.with_suffix(".new")
        made = draft.open("w+b")
        try:
            reserve(made.fileno(), size)
            self._go_on_in(mmap.mmap(made.fileno(), size), size)
            draft.replace(self._path)
        except OSError:
            made.close()
            draft.unlink(missing_ok=True)
            raise
        self._f = made

    def _go_on_in(self, mapped: mmap.mmap, size: int) -> None:
        mapped[: self._used] = self._m[: self._used]
        before, self._m, self._capacity = self._m, mapped, size
        before.close()
