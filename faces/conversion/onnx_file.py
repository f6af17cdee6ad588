"""The little of the ONNX format that a plain convolutional network needs, written without the onnx package.

ONNX is protobuf: a message is a row of fields, each a key (number of the field, kind of its content) and its content.
The numbers of the fields are those of onnx.proto, IR version 8, operator set 13.
"""

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

IR_VERSION, OPERATORS = 8, 13
VARINT, BYTES, FIXED32 = 0, 2, 5
FLOAT_TYPE, UINT8_TYPE, INT64_TYPE = 1, 2, 7  # TensorProto.DataType
ATTRIBUTE_FLOAT, ATTRIBUTE_INT, ATTRIBUTE_STRING, ATTRIBUTE_INTS = 1, 2, 3, 7  # AttributeProto.AttributeType
TYPES = {np.dtype(np.float32): FLOAT_TYPE, np.dtype(np.uint8): UINT8_TYPE, np.dtype(np.int64): INT64_TYPE}

Attribute = int | float | str | Sequence[int]
Shape = Sequence[int | str]  # a text is a size that is free


class Graph:
    """A network in the making: add constants and nodes in the order in which they run, then ask for the file."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._nodes: list[bytes] = []
        self._constants: list[bytes] = []

    def constant(self, numbers: NDArray[Any]) -> str:
        """Add numbers that belong to the network; returns their name."""
        name = f"c{len(self._constants)}"
        sizes = b"".join(_integer(1, size) for size in numbers.shape)
        content = _bytes(9, np.ascontiguousarray(numbers).tobytes())  # little endian on every machine we run on
        self._constants.append(sizes + _integer(2, TYPES[numbers.dtype]) + _text(8, name) + content)
        return name

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Attribute) -> str:
        """Add an operation on named values; returns the name of its result."""
        name = output or f"v{len(self._nodes)}"
        fields = [_text(1, each) for each in inputs]
        fields += [_text(2, name), _text(3, f"n{len(self._nodes)}"), _text(4, operator)]
        fields += [_bytes(5, _attribute(key, value)) for key, value in attributes.items()]
        self._nodes.append(b"".join(fields))
        return name

    def to_bytes(self, given: tuple[str, type, Shape], *wanted: tuple[str, Shape]) -> bytes:
        """Return the file. given: name, number type and shape of the input; wanted: name and shape of each output."""
        graph = b"".join(
            [
                *(_bytes(1, node) for node in self._nodes),
                _text(2, self._name),
                *(_bytes(5, constant) for constant in self._constants),
                _bytes(11, _value(given[0], TYPES[np.dtype(given[1])], given[2])),
                *(_bytes(12, _value(name, FLOAT_TYPE, shape)) for name, shape in wanted),
            ]
        )
        head = _integer(1, IR_VERSION) + _text(2, "faces") + _key(7, BYTES) + _varint(len(graph))
        return b"".join([head, graph, _bytes(8, _integer(2, OPERATORS))])  # at once: the graph is 22 MB


def _value(name: str, kind: int, shape: Shape) -> bytes:
    sizes: Iterable[bytes] = (_text(2, size) if isinstance(size, str) else _integer(1, size) for size in shape)
    dimensions = b"".join(_bytes(1, size) for size in sizes)
    return _text(1, name) + _bytes(2, _bytes(1, _integer(1, kind) + _bytes(2, dimensions)))


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _integer(3, value) + _integer(20, ATTRIBUTE_INT)
    if isinstance(value, float):
        return _text(1, name) + _key(2, FIXED32) + struct.pack("<f", value) + _integer(20, ATTRIBUTE_FLOAT)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _integer(20, ATTRIBUTE_STRING)
    return _text(1, name) + b"".join(_integer(8, each) for each in value) + _integer(20, ATTRIBUTE_INTS)


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())


def _bytes(field: int, content: bytes) -> bytes:
    return _key(field, BYTES) + _varint(len(content)) + content


def _integer(field: int, value: int) -> bytes:
    return _key(field, VARINT) + _varint(value)


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(value: int) -> bytes:
    """Pack a number that isn't negative, seven bits a byte, the lowest first."""
    packed = bytearray()
    while value > 0x7F:
        packed.append(value & 0x7F | 0x80)
        value >>= 7
    packed.append(value)
    return bytes(packed)
