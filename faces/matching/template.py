"""The stored face of one person: the raw descriptors of the enrolment photos, and their mean.

They stay raw, so that a new normalisation needs nobody's photo again. The single photos' are kept, in half precision,
because thresholds are measured between one photo and somebody else's template.
"""

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from faces.engine import Embedding, Look, Quality
from faces.errors import NotOnePerson
from faces.matching.measure import Descriptors
from faces.matching.policy import Policy

# The last byte is the version. The first had one network and no single photos, the second no mirrored faces.
FORMAT, SECOND_FORMAT, FIRST_FORMAT = b"FT\x03", b"FT\x02", b"FT\x01"


class OtherEngineError(ValueError):
    """Numbers of different engines were to be compared: the person has to enrol again."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One person's stored face.

    embedding: (n,) float32, the mean of the raw descriptors of the network `engine`. photos: how many went in.
    qualities: one for each. also: the same mean by further networks. singles: the raw descriptors of each photo, by
    network; none where a template was made without them. mirrored: those of each photo's mirrored face, to tell a
    mirrored copy; none in templates of before.
    """

    embedding: Embedding = field(repr=False)
    photos: int
    engine: str
    qualities: tuple[Quality, ...] = ()
    also: Descriptors = field(default_factory=dict, repr=False)
    singles: tuple[Descriptors, ...] = field(default=(), repr=False)
    mirrored: tuple[Descriptors, ...] = field(default=(), repr=False)

    @property
    def pictures(self) -> tuple[Descriptors, ...]:
        """The enrolled photos as copies of them look: the single ones, as they are and mirrored.

        A template of one photo without singles is that photo itself.
        """
        return (self.singles or (self.descriptors,) * (self.photos == 1)) + self.mirrored

    @property
    def descriptors(self) -> dict[str, Embedding]:
        """The means of all networks, by their names."""
        return {self.engine: self.embedding, **self.also}

    def to_bytes(self) -> bytes:
        """Pack into a versioned binary: what it is as JSON, the means as little-endian float32, the rest as float16."""
        names = list(self.descriptors)
        about = {
            "networks": [[name, len(self.descriptors[name])] for name in names],
            "photos": self.photos,
            "singles": len(self.singles),
            "mirrored": len(self.mirrored),
            "qualities": [each.as_dict() for each in self.qualities],
        }
        packed = json.dumps(about, separators=(",", ":")).encode()
        means = (self.descriptors[name].astype("<f4") for name in names)
        singles = (each[name].astype("<f2") for each in (*self.singles, *self.mirrored) for name in names)
        numbers = b"".join(row.tobytes() for row in (*means, *singles))
        return FORMAT + struct.pack("<H", len(packed)) + packed + numbers

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Unpack what `to_bytes` made, in this version or an earlier one; raises ValueError on anything else."""
        start = len(FORMAT) + 2
        if not data.startswith((FORMAT, SECOND_FORMAT, FIRST_FORMAT)) or len(data) < start:
            raise ValueError("not a template of a known format")
        end = start + struct.unpack_from("<H", data, len(FORMAT))[0]
        try:
            about = json.loads(data[start:end])
            if data.startswith(FIRST_FORMAT):  # one network, and no single photos
                about |= {"networks": [[about["engine"], (len(data) - end) // 4]], "singles": 0}
            about.setdefault("mirrored", 0)
            return cls._of(about, memoryview(data)[end:])
        except (KeyError, TypeError, ValueError):
            # Without the cause: its text would carry pieces of the content.
            raise ValueError("a damaged template") from None

    @classmethod
    def _of(cls, about: dict[str, Any], numbers: memoryview) -> Self:
        sizes: list[tuple[str, int]] = [(name, size) for name, size in about["networks"]]
        whole = sum(size for _, size in sizes)
        singles, halved = about["singles"], about["singles"] + about["mirrored"]
        if len(numbers) != whole * (4 + 2 * halved):
            raise ValueError
        means = _cut(np.frombuffer(numbers[: 4 * whole], "<f4"), sizes)
        halves = np.frombuffer(numbers[4 * whole :], "<f2").reshape(halved, whole)
        qualities = tuple(Quality(**{**each, "advice": tuple(each["advice"])}) for each in about["qualities"])
        engine = sizes[0][0]
        embedding = means.pop(engine)
        rows = tuple(_cut(row, sizes) for row in halves)
        return cls(embedding, about["photos"], engine, qualities, means, rows[:singles], rows[singles:])


def _cut(row: NDArray[np.floating], sizes: Iterable[tuple[str, int]]) -> dict[str, Embedding]:
    """Cut a row of numbers into each network's own."""
    found, start = {}, 0
    for name, size in sizes:
        found[name] = row[start : start + size].astype(np.float32)
        start += size
    return found


def make_template(looks: Sequence[Look], policy: Policy) -> Template:
    """Make one person's template of the looks at their enrolment photos, whatever the order they come in.

    It has what every look has of networks; the policy judges whether it is one person. Raises NotOnePerson, naming the
    photo farthest from the rest, where two of them are farther apart than a limit of the policy or its guard;
    OtherEngineError for looks of another engine than the policy's; ValueError for none.
    """
    if not looks:
        raise ValueError("no looks to make a template of")
    seen = [look.descriptors for look in looks]
    networks = [name for name in seen[0] if all(name in each for each in seen)]
    if any(look.engine != policy.engine for look in looks) or not set(policy.measure.models) <= set(networks):
        raise OtherEngineError(policy.engine)
    _refuse_two_people(seen, policy)
    means = {name: _mean([each[name] for each in seen]) for name in networks}
    return Template(
        embedding=means.pop(policy.engine),
        photos=len(looks),
        engine=policy.engine,
        qualities=tuple(look.quality for look in looks),
        also=means,
        singles=tuple({name: each[name] for name in networks} for each in seen),
        mirrored=tuple(
            {name: look.mirrored[name] for name in networks}
            for look in looks
            if all(name in look.mirrored for name in networks)
        ),
    )


def _mean(rows: Sequence[Embedding]) -> Embedding:
    ordered = np.sort(np.stack(rows).astype(np.float64), axis=0)  # so that the order of the photos rounds nothing else
    return np.asarray(ordered.mean(axis=0), np.float32)


def _refuse_two_people(seen: Sequence[Descriptors], policy: Policy) -> None:
    """Raise NotOnePerson if two photos lie farther apart than the policy allows, or than its guard does."""
    photos = len(seen)
    if photos < 2:
        return
    limits = [(policy.measure, policy.one_person_limit(photos))]
    if policy.guard is not None:
        limits.append((policy.guard.measure, policy.guard.one_person))
    for measure, limit in limits:
        apart = np.zeros((photos, photos))
        for one, other in combinations(range(photos), 2):
            apart[one, other] = apart[other, one] = measure.distance(seen[one], seen[other])
        if not apart.max() <= limit:
            raise NotOnePerson(photo=int(apart.sum(axis=1).argmax()))
