"""dlib's network in ONNX: from chips, (n, 150, 150, 3) RGB bytes or floats as cards have it, to (n, 128) embeddings."""

import numpy as np

from faces.conversion.dlib_network import NUMBERS, SIDE, Block, Convolution, Network, Numbers
from faces.conversion.onnx_file import FLOAT_TYPE, Graph

INPUT, OUTPUT = "chips", "embeddings"
Parameters = tuple[Numbers, Numbers]  # weights and bias
SCALE = 256.0  # dlib divides by it, not by 255


def to_onnx(network: Network) -> bytes:
    """Write the network as an ONNX file that takes chips as they are."""
    graph = Graph("dlib-resnet-v1")
    value = graph.node("Transpose", INPUT, perm=(0, 3, 1, 2))
    _add_layers(graph, graph.node("Cast", value, to=FLOAT_TYPE), network)
    return graph.to_bytes((INPUT, np.uint8, ("n", SIDE, SIDE, 3)), (OUTPUT, ("n", NUMBERS)))


def to_onnx_of_floats(network: Network) -> bytes:
    """Write the network as an ONNX file that takes (n, 3, 150, 150) floats, 0 to 255, as a network with a card does."""
    graph = Graph("dlib-resnet-v1")
    _add_layers(graph, INPUT, network)
    return graph.to_bytes((INPUT, np.float32, ("n", 3, SIDE, SIDE)), (OUTPUT, ("n", NUMBERS)))


def _add_layers(graph: Graph, value: str, network: Network) -> None:
    """Add everything between the floats and the embeddings."""
    stem = network.stem
    value = graph.node("Relu", _convolved(graph, value, stem, _input_folded(network)))
    value = graph.node("MaxPool", value, kernel_shape=(3, 3), strides=(2, 2))
    side = _halved(_after(stem, SIDE), 3)
    for block in network.blocks:
        value, side = _add_block(graph, value, block, side)
    value = graph.node("Flatten", graph.node("GlobalAveragePool", value), axis=1)
    graph.node("MatMul", value, graph.constant(network.projection), output=OUTPUT)


def _folded(layer: Convolution) -> Parameters:
    """Return weights and bias of one convolution that does what a convolution and its affine layer do."""
    return layer.weights * layer.gamma[:, None, None, None], layer.bias * layer.gamma + layer.beta


def _input_folded(network: Network) -> Parameters:
    """Fold (pixel - average) / 256 into the first convolution, exactly, since it pads with nothing."""
    weights, bias = (each.astype(np.float64) for each in _folded(network.stem))
    weights /= SCALE
    bias -= np.einsum("oikl,i->o", weights, np.array(network.average))
    return weights.astype(np.float32), bias.astype(np.float32)


def _add_block(graph: Graph, value: str, block: Block, side: int) -> tuple[str, int]:
    """Add a residual block; returns its result and how many rows and columns that has."""
    first = graph.node("Relu", _convolved(graph, value, block.first))
    inner, inner_side = _convolved(graph, first, block.second), _after(block.first, side)
    if not block.halves:
        return graph.node("Relu", graph.node("Add", inner, value)), side
    channels, filters = block.first.weights.shape[1], block.second.weights.shape[0]
    outer = graph.node("AveragePool", value, kernel_shape=(2, 2), strides=(2, 2))
    outer_side = _halved(side, 2)
    # The smaller of the two gets zeros behind its last channel, row and column.
    larger = max(inner_side, outer_side)
    inner = _padded(graph, inner, 0, larger - inner_side)
    outer = _padded(graph, outer, filters - channels, larger - outer_side)
    return graph.node("Relu", graph.node("Add", inner, outer)), larger


def _padded(graph: Graph, value: str, channels: int, side: int) -> str:
    if not (channels or side):
        return value
    return graph.node("Pad", value, graph.constant(np.array([0, 0, 0, 0, 0, channels, side, side], np.int64)))


def _convolved(graph: Graph, value: str, layer: Convolution, parameters: Parameters | None = None) -> str:
    weights, bias = parameters or _folded(layer)
    kernel = weights.shape[2]
    return graph.node(
        "Conv",
        value,
        graph.constant(weights),
        graph.constant(bias),
        kernel_shape=(kernel, kernel),
        strides=(layer.stride, layer.stride),
        pads=(layer.padding,) * 4,
    )


def _after(layer: Convolution, side: int) -> int:
    kernel: int = layer.weights.shape[2]
    return (side + 2 * layer.padding - kernel) // layer.stride + 1


def _halved(side: int, kernel: int) -> int:
    """Return the rows and columns left by pooling in steps of two; what doesn't fill a kernel is dropped."""
    return (side - kernel) // 2 + 1
