"""What the C libraries below OpenCV print while they decode.

libjpeg goes on where a part of a picture is lost, and warns. OpenCV passes no warning on: it ends at the file
descriptor of standard error. So this descriptor is another file while a photo is decoded. One photo at a time in a
process; what other threads print meanwhile is passed on afterwards.
"""

import os
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
STANDARD_ERROR = 2
_MOST_BYTES = 2**16
_MARKS = (b"JPEG", b"SOS parameters")  # in each line of libjpeg
_one_at_a_time = threading.Lock()


def listen(act: Callable[[], Result]) -> tuple[Result, bytes]:
    """Call a function; return its result, and libjpeg's warnings as lines. What others printed is printed again."""
    with _one_at_a_time:
        usual, heard = os.dup(STANDARD_ERROR), os.memfd_create("decoder warnings")
        try:
            os.dup2(heard, STANDARD_ERROR)
            try:
                result = act()
            finally:
                os.dup2(usual, STANDARD_ERROR)
                printed = os.pread(heard, _MOST_BYTES, 0)
                _pass_on(printed)
            return result, printed
        finally:
            os.close(usual)
            os.close(heard)


def _pass_on(printed: bytes) -> None:
    for line in printed.splitlines(keepends=True):
        if not any(mark in line for mark in _MARKS):
            os.write(STANDARD_ERROR, line)
