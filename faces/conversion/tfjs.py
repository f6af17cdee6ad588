"""TensorFlow.js's graph models: a JSON file that tells the operations, and a file of the weights, one behind the other.

Weights lie in the order of the manifest, little endian, without padding. They may be stored shorter than they are: as
halves, or as bytes or words to be scaled.
"""

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.conversion.serialized import DamagedFile

FORMAT = "graph-model"
KINDS = {"float32": "<f4", "int32": "<i4", "float16": "<f2", "uint8": "u1", "uint16": "<u2"}
HALVES = "float16"

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. attributes: as the JSON has them, read by the methods."""

    name: str
    operator: str
    inputs: tuple[str, ...]
    attributes: dict[str, Any] = field(repr=False)

    def text(self, key: str) -> str:
        """Return an attribute that is a text."""
        return _decoded(self._attribute(key)["s"])

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an attribute that is a list of texts."""
        return tuple(_decoded(each) for each in self._attribute(key)["list"].get("s", ()))

    def integers(self, key: str) -> tuple[int, ...]:
        """Return an attribute that is a list of integers."""
        return tuple(int(each) for each in self._attribute(key)["list"].get("i", ()))

    def _attribute(self, key: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.attributes[key]
        except KeyError as missing:
            raise DamagedFile(f"the operation {self.name} lacks {key}") from missing
        return found


@dataclass(frozen=True, slots=True)
class Model:
    """A network as TensorFlow.js has it; nodes and weights by their names."""

    nodes: dict[str, Node]
    weights: dict[str, Numbers] = field(repr=False)


def read_model(topology: bytes, weights: bytes) -> Model:
    """Read a graph model; raises DamagedFile where the two files don't make one."""
    try:
        content = json.loads(topology)
        if content["format"] != FORMAT:
            raise DamagedFile(f"the format is {content['format']}, not {FORMAT}")
        nodes = [_node(each) for each in content["modelTopology"]["node"]]
        entries = [each for group in content["weightsManifest"] for each in group["weights"]]
        return Model({node.name: node for node in nodes}, dict(_weights(entries, weights)))
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise DamagedFile(f"no graph model of TensorFlow.js: {type(wrong).__name__} {wrong}") from wrong


def _node(content: dict[str, Any]) -> Node:
    inputs = tuple(content.get("input", ()))
    return Node(content["name"], content["op"], inputs, content.get("attr") or {})


def _weights(entries: list[dict[str, Any]], data: bytes) -> Iterator[tuple[str, Numbers]]:
    at = 0
    for entry in entries:
        shape, stored = entry["shape"], entry.get("quantization")
        kind = np.dtype(KINDS[stored["dtype"] if stored else entry["dtype"]])
        end = at + math.prod(shape) * kind.itemsize
        if end > len(data):
            raise DamagedFile(f"the weights end before {entry['name']}")
        numbers = np.frombuffer(data[at:end], kind).reshape(shape)
        if stored and stored["dtype"] != HALVES:
            numbers = numbers.astype(np.float32) * np.float32(stored["scale"]) + np.float32(stored["min"])
        yield entry["name"], numbers.astype(KINDS[entry["dtype"]])
        at = end
    if at != len(data):
        raise DamagedFile(f"the weights are {len(data) - at} bytes too long")


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode("ascii")
