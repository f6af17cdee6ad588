"""The one network that is converted: dlib's face recognition ResNet, read from its file to the last byte.

The file lists a version for each layer from the last one to the first, then the layers from the first to the last. Its
shape is known, so it isn't read from the file but expected there: another shape is another network, and refused.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from faces.conversion.serialized import NO_SIZES, DamagedFile, Stream
from faces.model_files.dlib_models import NETWORK_SHA256

# Of the averages and all tensors in the file that NETWORK_SHA256 names.
NUMBERS_SHA256 = "9143a5a5139493cd76b020f3afaf01ec16e8f374343725b800327da827c5f8a4"
SIDE = 150  # pixels of the chip
NUMBERS = 128  # in an embedding
STEM = (32, 7, 2)  # filters, kernel, stride
# Of each residual block: channels out, and whether it halves rows and columns.
BLOCKS = (
    *[(32, False)] * 3,
    *[(64, True), *[(64, False)] * 3],
    *[(128, True), *[(128, False)] * 2],
    *[(256, True), *[(256, False)] * 2],
    (256, True),
)
LOSS, ORDINARY, INPUT = 1, 2, 3  # versions; INPUT stands for the innermost layer and the input in front of it
MARK = 1  # a tag or skip layer, of which nothing but this version is stored
MULTIPLIERS = 4  # learning rates and weight decays, for training alone
STATES = 3  # truths and tensors of each layer, for training alone

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution and the affine layer behind it.

    weights: (out, in, kernel, kernel). bias, gamma, beta: (out,). padding: pixels on each side.
    """

    weights: Numbers
    bias: Numbers
    gamma: Numbers
    beta: Numbers
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class Block:
    """relu(second(relu(first(x))) + x), where x is averaged two by two if the block halves."""

    first: Convolution
    second: Convolution
    halves: bool


@dataclass(frozen=True, slots=True)
class Network:
    """The network from the chip (RGB, 0 to 255) to the embedding.

    average: of the three colours, to be taken off before the division by 256. projection: (256, 128). digest: SHA-256
    of all its numbers.
    """

    average: tuple[float, float, float]
    stem: Convolution
    blocks: tuple[Block, ...]
    projection: Numbers
    digest: str


def read_known_network(data: bytes | bytearray, *, sha256: str | None = NETWORK_SHA256) -> Network:
    """Read the one network that is known; raises DamagedFile for any other.

    sha256: what the file must be. With None its bytes may differ, but not the network: numbers decide, since a changed
    weight can be without effect on any few chips that one might try, and spoil the embedding of some face all the same.
    """
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedFile("this is not the network file that is known")
    network = read_network(data)
    if network.digest != NUMBERS_SHA256:
        raise DamagedFile("the numbers in this network file are not those that are known")
    return network


def read_network(data: bytes | bytearray) -> Network:
    """Read a file of this shape; raises DamagedFile unless every byte of it can be accounted for."""
    stream = Stream(data)
    stream.expect(LOSS)
    stream.expect_text("loss_metric_2")
    stream.real()  # margin and threshold of the training
    stream.real()
    stream.expect(*_versions())
    stream.expect_text("input_rgb_image_sized")
    average = (stream.real(), stream.real(), stream.real())
    stream.tensors.update(struct.pack("<3d", *average))
    if not all(0 <= colour <= 255 for colour in average):
        raise stream.fail("an average that is no colour")
    stream.expect(SIDE, SIDE)
    filters, kernel, stride = STEM
    stem = _convolution(stream, 3, filters, kernel, stride, innermost=True)
    _plain(stream, "relu_")
    _pool(stream, "max_pool_2", 3, 3, 2, 2, 0, 0)
    blocks = tuple(_blocks(stream, filters))
    _pool(stream, "avg_pool_2", 0, 0, 1, 1, 0, 0)  # over everything
    projection = _projection(stream, BLOCKS[-1][0])
    stream.expect_end()
    return Network(average, stem, blocks, projection, stream.tensors.hexdigest())


def _versions() -> list[int]:
    """List the versions of all layers, from the last to the first."""
    layers = [INPUT, *[ORDINARY] * 3]  # convolution, affine, relu, max pooling
    for _, halves in BLOCKS:
        layers += [MARK, *[ORDINARY] * 5, *([MARK, MARK, ORDINARY] if halves else []), ORDINARY, ORDINARY]
    layers += [ORDINARY, ORDINARY]  # average over everything, projection
    return layers[::-1]


def _blocks(stream: Stream, channels: int) -> Iterator[Block]:
    for filters, halves in BLOCKS:
        first = _convolution(stream, channels, filters, 3, 2 if halves else 1)
        _plain(stream, "relu_")
        second = _convolution(stream, filters, filters, 3, 1)
        if halves:
            _pool(stream, "avg_pool_2", 2, 2, 2, 2, 0, 0)
        _plain(stream, "add_prev_")
        _plain(stream, "relu_")
        yield Block(first, second, halves)
        channels = filters


def _convolution(
    stream: Stream, channels: int, filters: int, kernel: int, stride: int, *, innermost: bool = False
) -> Convolution:
    """Read a convolution and the affine layer behind it."""
    padding = kernel // 2 if stride == 1 else 0
    count = filters * channels * kernel * kernel
    stream.expect_text("con_4")
    numbers = stream.tensor((count + filters, 1, 1, 1))
    stream.expect(filters, kernel, kernel, stride, stride, padding, padding)
    stream.expect_alias((filters, channels, kernel, kernel))
    stream.expect_alias((1, filters, 1, 1))
    _skip_training(stream, multipliers=True)
    if innermost:
        stream.expect(1)
    gamma, beta = _affine(stream, filters)
    weights = numbers[:count].reshape(filters, channels, kernel, kernel)
    return Convolution(weights, numbers[count:], gamma, beta, stride, padding)


def _affine(stream: Stream, filters: int) -> tuple[Numbers, Numbers]:
    stream.expect_text("affine_")
    numbers = stream.tensor((2 * filters, 1, 1, 1))
    stream.expect_alias((1, filters, 1, 1))
    stream.expect_alias((1, filters, 1, 1))
    stream.expect(0)  # one scale and one shift a channel
    _skip_training(stream)
    return numbers[:filters], numbers[filters:]


def _projection(stream: Stream, channels: int) -> Numbers:
    stream.expect_text("fc_2")
    stream.expect(NUMBERS, channels)
    numbers = stream.tensor((channels, NUMBERS, 1, 1))
    stream.expect_alias((channels, NUMBERS, 1, 1))
    stream.expect_alias(NO_SIZES)
    stream.expect(1)  # without bias
    _skip_training(stream, multipliers=True)
    return numbers.reshape(channels, NUMBERS)


def _pool(stream: Stream, kind: str, *fields: int) -> None:
    stream.expect_text(kind)
    stream.expect(*fields)
    _skip_training(stream)


def _plain(stream: Stream, kind: str) -> None:
    stream.expect_text(kind)
    _skip_training(stream)


def _skip_training(stream: Stream, *, multipliers: bool = False) -> None:
    """Read what only training needs: it must be there and make sense, but has no part in the result."""
    if multipliers:
        for _ in range(MULTIPLIERS):
            stream.real()
    for _ in range(STATES):
        stream.boolean()
    for _ in range(STATES):
        stream.tensor(NO_SIZES)
