"""What a face engine is: one photo in, one `Look` at the face in it out.

Light on purpose: the web workers import this, and neither dlib nor OpenCV comes with it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Embedding = NDArray[np.float32]


class Purpose(StrEnum):
    """What a photo is looked at for: an enrolment is stricter about who else is in the picture."""

    ENROL = "enrol"
    CHECK_IN = "check_in"


@dataclass(frozen=True, slots=True)
class Quality:
    """How good the photo of a face is, and what would make it better.

    sharpness: variance of the Laplacian over the face at 150 px, grey levels squared.
    brightness: mean grey level of the face, 0 to 255.
    face_px: side of the face's box in pixels of the photo as it was sent.
    roll: degrees, positive when the head leans to the right of the picture.
    yaw: the nose's sideways offset from the middle of the eyes, in eye distances; 0 looks straight ahead.
    cut_off: share of the face's box outside the picture, 0 to 1.
    others: how many other faces were seen.
    advice: stable codes of what to do better, empty when all is well.
    """

    sharpness: float
    brightness: float
    face_px: int
    roll: float
    yaw: float
    cut_off: float
    others: int
    advice: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give plain numbers and lists, ready for JSON."""
        return {**asdict(self), "advice": list(self.advice)}


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One face as an engine saw it.

    embedding: (n,) float32 as the network gives it; compare only with those of the same network. engine: the name of
    the network and how it is fed. also: what further networks made of the same face, by their names.
    """

    embedding: Embedding = field(repr=False)
    quality: Quality
    engine: str
    also: Mapping[str, Embedding] = field(default_factory=dict, repr=False)

    @property
    def descriptors(self) -> dict[str, Embedding]:
        """The raw numbers of all networks that looked, by their names."""
        return {self.engine: self.embedding, **self.also}


class FaceEngine(Protocol):
    """Anything that turns a photo into a `Look`; safe to call from several threads."""

    @property
    def name(self) -> str:
        """The network and how it is fed; looks of different names can't be compared."""

    @property
    def networks(self) -> tuple[str, ...]:
        """The models whose numbers a look has, the engine's own first."""

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Find, align and embed the one face in an encoded photo; raises a leaf of `FaceError`.

        model: which network embeds, by the name that looks and templates carry; by default the engine's own, together
        with those that look along with it. Raises UnknownModel for one that this engine doesn't have.
        """

    def ready(self) -> bool:
        """Say whether a look could succeed now; never raises."""
