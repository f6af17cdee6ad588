"""dlib's serialization, piece by piece: a reader that trusts nothing and stops at the first thing that isn't so.

An integer is a control byte (bit 7 the sign, the low four bits the number of bytes), then little-endian bytes. A real
number is two integers, mantissa and exponent of two. A text is its length and its bytes, a truth the character 0 or 1.
"""

import hashlib
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from faces.model_files.card import UnusableNetwork

LONGEST_TEXT = 100
SIGN, RESERVED, LENGTH = 0x80, 0x70, 0x0F
MOST_INTEGER_BYTES = 8
LARGEST_EXPONENT = 200  # of two: beyond what float32 holds
TENSOR, ALIAS = 2, 1  # the versions that stand before a tensor's and an alias's four sizes

Sizes = tuple[int, int, int, int]
NO_SIZES: Sizes = (0, 0, 0, 0)


class DamagedFile(UnusableNetwork):
    """The file is not the network that it should be; the text says what was wrong and at which byte."""


@dataclass(slots=True)
class Stream:
    """A position in serialized data; every method reads one piece, or raises DamagedFile.

    tensors: a running hash of the contents of all tensors, in order.
    """

    data: bytes | bytearray = field(repr=False)
    at: int = 0
    tensors: "hashlib._Hash" = field(default_factory=hashlib.sha256, repr=False)

    def fail(self, what: str) -> DamagedFile:
        """Make the error for something wrong before this position; the caller raises it."""
        return DamagedFile(f"{what}, before byte {self.at} of {len(self.data)}")

    def take(self, count: int) -> bytes | bytearray:
        """Return the next bytes."""
        if not 0 <= count <= len(self.data) - self.at:
            raise self.fail("the file ends too early")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def integer(self) -> int:
        """Read an integer of up to 64 bits."""
        control = self.take(1)[0]
        count = control & LENGTH
        if control & RESERVED or not 1 <= count <= MOST_INTEGER_BYTES:
            raise self.fail("no integer")
        value = int.from_bytes(self.take(count), "little")
        return -value if control & SIGN else value

    def expect(self, *values: int) -> None:
        """Read integers that must have these values."""
        for value in values:
            if self.integer() != value:
                raise self.fail(f"not the expected {value}")

    def real(self) -> float:
        """Read a finite real number."""
        mantissa, exponent = self.integer(), self.integer()
        if abs(exponent) > LARGEST_EXPONENT:
            raise self.fail("a number too large or too small")
        return math.ldexp(mantissa, exponent)

    def boolean(self) -> bool:
        """Read a truth."""
        character = self.take(1)
        if character not in (b"0", b"1"):
            raise self.fail("neither true nor false")
        return character == b"1"

    def expect_text(self, text: str) -> None:
        """Read a text that must be this one."""
        length = self.integer()
        if not 0 <= length <= LONGEST_TEXT or self.take(length) != text.encode():
            raise self.fail(f"not the expected {text}")

    def expect_alias(self, sizes: Sizes) -> None:
        """Read the shape of a part of a tensor, which must be this one."""
        self.expect(ALIAS, *sizes)

    def tensor(self, sizes: Sizes) -> NDArray[np.float32]:
        """Read a tensor that must have these sizes, of finite numbers; returns them in one row."""
        self.expect(TENSOR, *sizes)
        content = self.take(4 * math.prod(sizes))
        self.tensors.update(content)
        numbers = np.frombuffer(content, "<f4").astype(np.float32, copy=False)
        if not np.isfinite(numbers).all():
            raise self.fail("a tensor of no numbers")
        return numbers

    def expect_end(self) -> None:
        """Make sure that nothing is left."""
        if self.at != len(self.data):
            raise self.fail(f"{len(self.data) - self.at} bytes too many")
