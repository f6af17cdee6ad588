"""Exact nearest neighbours among all templates, in memory.

The vectors lie under a secret orthogonal rotation: distances are the same to the last digit that matters, but a dump of
the index without the key is no set of faces that any other system could use.
"""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from faces.engine import Embedding
from faces.matching.measure import Metric, from_euclidean, to_unit

DIMENSIONS = 128  # of dlib's network
BLOCK = 65_536  # rows: 33 MB at 128 dimensions, small enough that the index grows by little and never copies itself
PART = 4096  # rows rotated at a time when many are added
FEW = 16  # ids up to which looking at each in turn is faster than sorting all
ROUNDING = 1e-4  # more than float32 can be wrong about a squared distance of numbers this small


@dataclass(frozen=True, slots=True)
class Match:
    """A neighbour: whose template, and its distance in the index's metric."""

    id: UUID
    distance: float


class FaceIndex:
    """Templates of one network by id, searched exactly. Safe to use from several threads."""

    def __init__(self, rotation_key: bytes, metric: Metric = Metric.EUCLIDEAN, dimensions: int | None = None) -> None:
        """rotation_key: any secret bytes; the same key gives the same rotation on every machine.

        metric: what distances are in; for cosine the templates are held at length one. dimensions: of each embedding,
        by default those of the first templates that are added.
        """
        self.metric = metric
        self._key = rotation_key
        self._rotation: NDArray[np.float64] | None = None if dimensions is None else rotation(rotation_key, dimensions)
        self._blocks: list[NDArray[np.float32]] = []
        self._norms: list[NDArray[np.float32]] = []
        self._ids = np.empty((0, 2), np.uint64)
        self._count = 0
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return self._count

    def add(self, ids: Sequence[UUID], embeddings: NDArray[np.float32]) -> None:
        """Add templates, replacing those whose id is there already.

        embeddings: (len(ids), dimensions). Raises ValueError for another shape, for numbers that are none, or for an id
        twice.
        """
        if np.ndim(embeddings) != 2 or len(embeddings) != len(ids) or not np.isfinite(embeddings).all():
            raise ValueError(f"embeddings must be {len(ids)} rows of finite numbers")
        if len(set(ids)) != len(ids):
            raise ValueError("an id twice in one call")
        packed = _packed(ids)
        with self._lock:
            turn = self._turn_for(np.shape(embeddings)[1])
            for known in self._known(packed):
                self._drop(self._rows_of(known)[0])
            for start in range(0, len(ids), PART):
                part = self._measured(embeddings[start : start + PART]) @ turn
                self._append(packed[start : start + PART], part.astype(np.float32))

    def remove(self, person: UUID) -> bool:
        """Forget a template; says whether there was one."""
        with self._lock:
            rows = self._rows_of(_packed([person])[0])
            for row in rows:
                self._drop(row)
            return len(rows) > 0

    def nearest(self, embedding: Embedding, k: int = 1) -> list[Match]:
        """Return the k templates nearest to an embedding, nearest first; fewer where there are fewer."""
        with self._lock:
            wanted = min(k, self._count)
            if wanted < 1:
                return []
            probe = self._measured(embedding) @ self._turn_for(len(embedding))
            rows = self._candidates(probe.astype(np.float32), wanted)
            exact = np.linalg.norm(np.stack([self._row(row) for row in rows]).astype(np.float64) - probe, axis=1)
            order = np.argsort(exact, kind="stable")[:wanted]
            return [Match(self._id(rows[at]), from_euclidean(self.metric, float(exact[at]))) for at in order]

    def _measured(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return embeddings as they are held, so that Euclidean distances order them as the metric does."""
        if self.metric is Metric.COSINE:
            return to_unit(embeddings)
        return np.asarray(embeddings, np.float64)

    def _turn_for(self, dimensions: int) -> NDArray[np.float64]:
        """Return the rotation, made for the first embeddings; raises ValueError for those of another size."""
        if self._rotation is None:
            self._rotation = rotation(self._key, dimensions)
        if len(self._rotation) != dimensions:
            raise ValueError(f"embeddings must be rows of {len(self._rotation)} finite numbers")
        return self._rotation

    def _candidates(self, probe: NDArray[np.float32], wanted: int) -> NDArray[np.intp]:
        """Return every row that could be among the nearest, whatever float32 rounds away."""
        squared = np.empty(self._count, np.float32)
        for number, start in enumerate(range(0, self._count, BLOCK)):
            part = squared[start : start + BLOCK]
            np.matmul(self._blocks[number][: len(part)], probe, out=part)
            part *= -2
            part += self._norms[number][: len(part)]
        last = np.partition(squared, wanted - 1)[wanted - 1]
        scale = max(1.0, float(probe @ probe))
        return np.flatnonzero(squared <= last + ROUNDING * scale)

    def _append(self, packed: NDArray[np.uint64], rotated: NDArray[np.float32]) -> None:
        end = self._count + len(rotated)
        while len(self._blocks) * BLOCK < end:
            self._blocks.append(np.empty((BLOCK, rotated.shape[1]), np.float32))
            self._norms.append(np.empty(BLOCK, np.float32))
        if end > len(self._ids):
            self._ids = np.concatenate(
                [self._ids, np.empty((len(self._blocks) * BLOCK - len(self._ids), 2), np.uint64)]
            )
        self._ids[self._count : end] = packed
        done = 0
        while done < len(rotated):
            number, at = divmod(self._count, BLOCK)
            part = rotated[done : done + BLOCK - at]
            self._blocks[number][at : at + len(part)] = part
            self._norms[number][at : at + len(part)] = np.einsum("ij,ij->i", part, part)
            self._count += len(part)
            done += len(part)

    def _drop(self, row: np.intp) -> None:
        """Move the last row into the place of this one, and wipe where it was."""
        last = self._count - 1
        (number, at), (last_number, last_at) = divmod(int(row), BLOCK), divmod(last, BLOCK)
        self._blocks[number][at] = self._blocks[last_number][last_at]
        self._norms[number][at] = self._norms[last_number][last_at]
        self._ids[row] = self._ids[last]
        self._blocks[last_number][last_at] = 0
        self._ids[last] = 0
        self._count = last

    def _known(self, packed: NDArray[np.uint64]) -> list[NDArray[np.uint64]]:
        """Return the ids among these that the index holds; of many, the random second halves are compared at once."""
        likely = packed if len(packed) <= FEW else packed[np.isin(packed[:, 1], self._ids[: self._count, 1])]
        return [each for each in likely if len(self._rows_of(each))]

    def _rows_of(self, person: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the row of an id, or none: a scan, which at 600,000 takes less than a search and no memory."""
        rows = np.flatnonzero(self._ids[: self._count, 1] == person[1])
        found: NDArray[np.intp] = rows[self._ids[rows, 0] == person[0]]
        return found

    def _row(self, row: np.intp) -> NDArray[np.float32]:
        number, at = divmod(int(row), BLOCK)
        found: NDArray[np.float32] = self._blocks[number][at]
        return found

    def _id(self, row: np.intp) -> UUID:
        return UUID(bytes=self._ids[row].tobytes())


def rotation(key: bytes, dimensions: int = DIMENSIONS) -> NDArray[np.float64]:
    """Derive a random orthogonal matrix of so many dimensions from a secret, the same on every machine."""
    stream = hashlib.shake_256(b"face-index rotation 1\0" + key).digest(dimensions * dimensions * 16)
    uniform = (np.frombuffer(stream, "<u8") >> np.uint64(11)).astype(np.float64) / 2**53
    first, second = 1.0 - uniform[::2], uniform[1::2]  # the first never 0, for the logarithm
    normal = np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second)  # Box-Muller
    orthogonal, upper = np.linalg.qr(normal.reshape(dimensions, dimensions))
    return np.asarray(orthogonal * np.sign(np.diag(upper)), np.float64)  # signs fixed: uniform over all rotations


def _packed(ids: Sequence[UUID]) -> NDArray[np.uint64]:
    return np.frombuffer(b"".join(each.bytes for each in ids), np.uint64).reshape(len(ids), 2)
