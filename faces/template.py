"""The stored face of one person: the mean of the raw descriptors of the enrolment photos."""

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Self

import numpy as np

from faces.engine import Embedding, Look, Quality
from faces.errors import NotOnePerson
from faces.policy import Policy

FORMAT = b"FT\x01"  # the last byte is the version


class OtherEngineError(ValueError):
    """Numbers of different engines were to be compared: the person has to enrol again."""


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One person's stored face.

    embedding: (n,) float32, the mean of the raw descriptors. photos: how many went in. qualities: one for each.
    """

    embedding: Embedding = field(repr=False)
    photos: int
    engine: str
    qualities: tuple[Quality, ...] = ()

    def to_bytes(self) -> bytes:
        """Pack into a versioned binary: engine and qualities as JSON, the numbers as little-endian float32."""
        about = {"engine": self.engine, "photos": self.photos, "qualities": [each.as_dict() for each in self.qualities]}
        packed = json.dumps(about, separators=(",", ":")).encode()
        return FORMAT + struct.pack("<H", len(packed)) + packed + self.embedding.astype("<f4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Unpack what `to_bytes` made; raises ValueError on anything else."""
        start = len(FORMAT) + 2
        if not data.startswith(FORMAT) or len(data) < start:
            raise ValueError("not a template of a known format")
        end = start + struct.unpack_from("<H", data, len(FORMAT))[0]
        try:
            about = json.loads(data[start:end])
            numbers = np.frombuffer(data, "<f4", offset=end).astype(np.float32)
            qualities = tuple(Quality(**{**each, "advice": tuple(each["advice"])}) for each in about["qualities"])
            return cls(numbers, about["photos"], about["engine"], qualities)
        except (KeyError, TypeError, ValueError):
            # Without the cause: its text would carry pieces of the content.
            raise ValueError("a damaged template") from None


def make_template(looks: Sequence[Look], policy: Policy) -> Template:
    """Make one person's template of the looks at their enrolment photos.

    Raises NotOnePerson, naming the photo farthest from the rest, where two of them are farther apart than the policy's
    limit; OtherEngineError for looks of another engine than the policy's; ValueError for none.
    """
    if not looks:
        raise ValueError("no looks to make a template of")
    if any(look.engine != policy.engine for look in looks):
        raise OtherEngineError(policy.engine)
    _refuse_two_people(looks, policy)
    mean = np.stack([look.embedding for look in looks]).astype(np.float64).mean(axis=0).astype(np.float32)
    return Template(mean, len(looks), policy.engine, tuple(look.quality for look in looks))


def _refuse_two_people(looks: Sequence[Look], policy: Policy) -> None:
    photos = len(looks)
    if photos < 2:
        return
    limit = policy.one_person_limit(photos)
    apart = np.zeros((photos, photos))
    for one, other in combinations(range(photos), 2):
        distance = policy.metric.distance(looks[one].embedding, looks[other].embedding)
        apart[one, other] = apart[other, one] = distance
    if not apart.max() <= limit:
        raise NotOnePerson(photo=int(apart.sum(axis=1).argmax()))
