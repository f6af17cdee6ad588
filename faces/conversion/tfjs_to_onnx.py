"""A network of TensorFlow.js in ONNX: pictures as they are, (n, side, side, 3) RGB bytes, in; the wanted outputs out.

TensorFlow keeps channels last, ONNX first. So values with rows and columns are turned once at the beginning, their
weights with them, and turned back before the one operation that looks at the order of numbers in memory, Reshape.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.conversion.onnx_file import FLOAT_TYPE, Attribute, Graph, Shape
from faces.conversion.serialized import DamagedFile
from faces.conversion.tfjs import Model, Node

INPUT = "pictures"
CHANNELS_FIRST, CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
PADDINGS = {"SAME": "SAME_UPPER", "VALID": "VALID"}
FLATTENING = ("Reshape", "Mean")

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Feeding:
    """How a network wants its pictures: (value - mean) * scale, values 0 to 255.

    bgr: with the colours the other way round. mean: in the order that the network wants.
    """

    side: int
    mean: tuple[float, float, float]
    scale: float
    bgr: bool = False


def to_onnx(model: Model, name: str, feeding: Feeding, outputs: Mapping[str, Shape]) -> bytes:
    """Write the part of a network that the outputs need as an ONNX file.

    outputs: their names, and the shape of each. Raises DamagedFile for what can't be converted.
    """
    conversion = _Conversion(model, name, feeding)
    for output in outputs:
        conversion.graph.node("Identity", conversion.value(output), output=output)
    pictures = (INPUT, np.uint8, ("n", feeding.side, feeding.side, 3))
    return conversion.graph.to_bytes(pictures, *outputs.items())


class _Conversion:
    """One conversion under way, and what became of each value so far."""

    def __init__(self, model: Model, name: str, feeding: Feeding) -> None:
        self.graph = Graph(name)
        self._model, self._feeding = model, feeding
        self._made: dict[str, str] = {}

    def value(self, name: str) -> str:
        """Return the name in ONNX of an operation's result, adding what it needs first."""
        if name not in self._made:
            node = self._node(name)
            convert = _OPERATORS.get(node.operator)
            if convert is None:
                raise DamagedFile(f"the operation {node.operator} of {name} is not known")
            self._made[name] = convert(self, node)
        return self._made[name]

    def picture(self, node: Node) -> str:
        feeding = self._feeding
        value = self.graph.node("Transpose", INPUT, perm=CHANNELS_FIRST)
        if feeding.bgr:
            value = self.graph.node("Gather", value, self.graph.constant(np.array([2, 1, 0])), axis=1)
        value = self.graph.node("Cast", value, to=FLOAT_TYPE)
        value = self.graph.node("Sub", value, self._by_channel(np.array(feeding.mean, np.float32)))
        return self.graph.node("Mul", value, self._by_channel(np.array([feeding.scale], np.float32)))

    def convolution(self, node: Node) -> str:
        """Convert a convolution, plain or with bias and activation; TensorFlow has rows, columns, in, out."""
        fused = node.texts("fused_ops") if "fused_ops" in node.attributes else ()
        value, weights = self.value(node.inputs[0]), self._weights(node.inputs[1])
        more = [self.graph.constant(self._weights(node.inputs[2]))] if "BiasAdd" in fused else []
        result = self._convolved(node, value, weights.transpose(3, 2, 0, 1), more)
        for activation in fused:
            if activation == "Relu":
                result = self.graph.node("Relu", result)
            elif activation == "Prelu":
                result = self.graph.node("PRelu", result, self._by_channel(self._weights(node.inputs[3])))
            elif activation != "BiasAdd":
                raise DamagedFile(f"the activation {activation} of {node.name} is not known")
        return result

    def depthwise(self, node: Node) -> str:
        """Convert a convolution of each channel by itself; TensorFlow has rows, columns, in, out for each in."""
        weights = self._weights(node.inputs[1])
        rows, columns, channels, each = weights.shape
        turned = weights.transpose(2, 3, 0, 1).reshape(channels * each, 1, rows, columns)
        return self._convolved(node, self.value(node.inputs[0]), turned, [], group=channels)

    def pool(self, node: Node) -> str:
        window = _window(node, node.integers("ksize")[1:3])
        return self.graph.node("MaxPool", self.value(node.inputs[0]), output="", **window)

    def binary(self, node: Node) -> str:
        """Convert an addition or multiplication, of two values or of a value by one number a channel."""
        operator = "Mul" if node.operator == "Mul" else "Add"
        return self.graph.node(operator, self.value(node.inputs[0]), self._operand(node.inputs[1]))

    def prelu(self, node: Node) -> str:
        return self.graph.node("PRelu", self.value(node.inputs[0]), self._by_channel(self._weights(node.inputs[1])))

    def same_name(self, node: Node) -> str:
        return self.graph.node(node.operator, self.value(node.inputs[0]))

    def clip(self, node: Node) -> str:
        """Convert max(min(relu(x), high), low) as the one operation that it is, and which a convolution can take in."""
        inner = self._node(node.inputs[0])
        if inner.operator == "Minimum" and (innermost := self._node(inner.inputs[0])).operator == "Relu":
            low, high = max(self._number(node.inputs[1]), 0.0), self._number(inner.inputs[1])
            bounds = [self.graph.constant(np.array(bound, np.float32)) for bound in (low, high)]
            return self.graph.node("Clip", self.value(innermost.inputs[0]), *bounds)
        raise DamagedFile(f"{node.name} is a maximum of something unknown")

    def pad(self, node: Node) -> str:
        """Convert padding by zeros: TensorFlow has begin and end of each axis, ONNX all begins, then all ends."""
        pads = self._weights(node.inputs[1])[list(CHANNELS_FIRST)].T.ravel().astype(np.int64)
        return self.graph.node("Pad", self.value(node.inputs[0]), self.graph.constant(pads))

    def reshape(self, node: Node) -> str:
        value = self.value(node.inputs[0])
        if self._has_rows(node.inputs[0]):
            value = self.graph.node("Transpose", value, perm=CHANNELS_LAST)
        return self.graph.node("Reshape", value, self.graph.constant(self._weights(node.inputs[1]).astype(np.int64)))

    def mean(self, node: Node) -> str:
        if self._weights(node.inputs[1]).tolist() != [1, 2]:
            raise DamagedFile(f"{node.name} is not a mean over rows and columns")
        return self.graph.node("Flatten", self.graph.node("GlobalAveragePool", self.value(node.inputs[0])), axis=1)

    def identity(self, node: Node) -> str:
        return self.value(node.inputs[0])

    def _convolved(self, node: Node, value: str, weights: Numbers, more: list[str], group: int = 1) -> str:
        if set(node.integers("dilations")) != {1}:
            raise DamagedFile(f"{node.name} is a dilated convolution")
        inputs = (value, self.graph.constant(weights), *more)
        return self.graph.node("Conv", *inputs, output="", group=group, **_window(node, weights.shape[2:]))

    def _operand(self, name: str) -> str:
        return self._by_channel(self._weights(name)) if name in self._model.weights else self.value(name)

    def _by_channel(self, numbers: Numbers) -> str:
        return self.graph.constant(numbers.reshape(-1, 1, 1))

    def _has_rows(self, name: str) -> bool:
        node = self._node(name)
        return node.operator not in FLATTENING and (not node.inputs or self._has_rows(node.inputs[0]))

    def _number(self, name: str) -> float:
        return float(self._weights(name).item())

    def _weights(self, name: str) -> Numbers:
        try:
            return self._model.weights[name]
        except KeyError as missing:
            raise DamagedFile(f"the weights {name} are missing") from missing

    def _node(self, name: str) -> Node:
        try:
            return self._model.nodes[name]
        except KeyError as missing:
            raise DamagedFile(f"the operation {name} is missing") from missing


def _window(node: Node, size: Sequence[int]) -> dict[str, Attribute]:
    padding = PADDINGS.get(node.text("padding"))
    if padding is None:
        raise DamagedFile(f"the padding of {node.name} is not known")
    return {"kernel_shape": tuple(size), "strides": node.integers("strides")[1:3], "auto_pad": padding}


_OPERATORS: dict[str, Callable[[_Conversion, Node], str]] = {
    "Placeholder": _Conversion.picture,
    "Conv2D": _Conversion.convolution,
    "_FusedConv2D": _Conversion.convolution,
    "DepthwiseConv2dNative": _Conversion.depthwise,
    "MaxPool": _Conversion.pool,
    "Add": _Conversion.binary,
    "AddV2": _Conversion.binary,
    "Mul": _Conversion.binary,
    "Prelu": _Conversion.prelu,
    "Relu": _Conversion.same_name,
    "Sigmoid": _Conversion.same_name,
    "Maximum": _Conversion.clip,
    "Pad": _Conversion.pad,
    "Reshape": _Conversion.reshape,
    "Mean": _Conversion.mean,
    "Identity": _Conversion.identity,
}
