"""The interface of a face engine. It takes one photo and returns one `Look`: the face in the photo, as numbers.

Web workers import this module, so it must import neither dlib nor OpenCV.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]
NO_SKIN = -128  # in `MeshReading.skin`
COVERED = 0.5  # of `Quality.mouth_cover` and `eyes_cover`; from it on the part counts as covered


class Purpose(StrEnum):
    """The purpose of a photo. Enrolment is stricter than check-in about other people in the picture.

    A challenge's frame is a check-in's photo that the mesh reads too.
    """

    ENROL = "enrol"
    CHECK_IN = "check_in"
    CHALLENGE = "challenge"


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of the photo of a face, and advice that would make it better.

    sharpness: variance of the Laplacian over the face at 150 px, grey levels squared. brightness: mean grey level of
    the face, 0 to 255. face_px: side of the face's box in pixels of the photo as it was sent. roll: degrees, positive
    when the head leans to the right of the picture. yaw: sideways distance of the nose from the middle between the
    eyes, in eye distances; 0 is a face seen from the front. cut_off: share of the face's box outside the picture, 0 to
    1. others: number of other faces in the picture. advice: stable codes of what the person can improve; empty where
    nothing needs it. filling: side of the face's box as a share of the picture's shorter side. noise: its standard
    deviation in grey levels. detail: sharpness in the face's least sharp direction, grey levels squared; None where it
    was not measured. is_doubtful: whether it is too blurred, dark or noisy to be evidence of another person.
    mouth_cover, eyes_cover: how likely a mask or a hand hides the mouth, or sunglasses the eyes, 0 to 1; 0 where the
    engine can't judge it.
    """

    sharpness: float
    brightness: float
    face_px: int
    roll: float
    yaw: float
    cut_off: float
    others: int
    advice: tuple[str, ...] = ()
    filling: float = 0.0
    noise: float = 0.0
    detail: float | None = None
    is_doubtful: bool = False
    mouth_cover: float = 0.0
    eyes_cover: float = 0.0

    @property
    def is_covered(self) -> bool:
        """Whether mouth or eyes count as covered."""
        return max(self.mouth_cover, self.eyes_cover) >= COVERED

    def as_dict(self) -> dict[str, Any]:
        """Return the quality as plain numbers and lists, ready for JSON."""
        return {**asdict(self), "advice": list(self.advice)}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells the same picture again, without showing anything of it.

    file: SHA-256 of the file. pixels: SHA-256 of the decoded pixels, at the size that this purpose needs; another tag
    in the file doesn't change it. bits: a 64-bit hash of the aligned face, which changes little with light and
    compression; its four bands of 16 bits are compared one by one.
    """

    file: bytes = field(repr=False)
    pixels: bytes = field(repr=False)
    bits: int = field(repr=False)

    @property
    def bands(self) -> tuple[int, ...]:
        """The four bands of `bits`, 16 bits each."""
        return tuple(self.bits >> shift & 0xFFFF for shift in (0, 16, 32, 48))


@dataclass(frozen=True, slots=True, eq=False)
class MeshReading:
    """What the mesh of a face tells of one frame of a challenge. It is compared and never stored.

    yaw: degrees of the mesh, positive when the person turns to their own left; a turn of the head by 13 degrees reads
    as 10. pitch: degrees, smaller when the chin goes up. mouth: the gap between the lips as a share of the mouth's
    width. middle: of the face, (x, y) in shares of the picture's shorter side; size: side of the face in the same unit.
    points: (n, 2) float32 of the mesh, in eye distances. skin: (m, m) int8, the face's texture as if seen from the
    front, without what is smooth; `NO_SKIN` where there is none, and at the mouth. scene: shares of colours around the
    face, sum 1.
    """

    yaw: float
    pitch: float
    mouth: float
    middle: tuple[float, float]
    size: float
    points: NDArray[np.float32] = field(repr=False)
    skin: NDArray[np.int8] = field(repr=False)
    scene: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One face as an engine measured it.

    embedding: (n,) float32 as the network returns it; compare it only with embeddings of the same network. engine: the
    name of the network and of its input form. also: the embeddings of the same face by further networks, by name.
    mirrored: the embeddings of the mirrored face by all networks, at enrolment only. fingerprint: None from an engine
    that makes none; then only the embeddings tell the same picture. mesh: of a challenge's frame only.
    """

    embedding: Embedding = field(repr=False)
    quality: Quality
    engine: str
    also: Mapping[str, Embedding] = field(default_factory=dict, repr=False)
    mirrored: Mapping[str, Embedding] = field(default_factory=dict, repr=False)
    fingerprint: Fingerprint | None = None
    mesh: MeshReading | None = field(default=None, repr=False)

    @property
    def descriptors(self) -> dict[str, Embedding]:
        """The raw embeddings by all networks, by the network's name."""
        return {self.engine: self.embedding, **self.also}


class FaceEngine(Protocol):
    """An object that turns a photo into a `Look`. Several threads may call it at once."""

    @property
    def name(self) -> str:
        """The name of the network and of its input form. Looks with different names can't be compared."""

    @property
    def networks(self) -> tuple[str, ...]:
        """The models whose embeddings a look holds; the engine's own model is the first."""

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Find, align and embed the one face in an encoded photo; raises one of the concrete classes of `FaceError`.

        model: the network that embeds, by the name in looks and templates. By default it is the engine's own network,
        together with its second network if it has one. Raises UnknownModel for a network that this engine doesn't have,
        ChallengeUnavailable for a challenge's frame where the mesh's file is missing.
        """

    def ready(self) -> bool:
        """Return whether `look` could succeed now; never raises."""
