"""Looks at photos as an enrolment would, so that a phone can offer to take one again; nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.enrolment.enrolment import template_of_looks
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceRefused, NotOnePerson, PhotoRefused
from faces.matching.copies import distinct_photos
from faces.matching.policy import PolicySet


@dataclass(frozen=True)
class PhotoCheck:
    """What one photo is good for. code: of its refusal, None if it is usable. advice: codes, most useful first."""

    code: str | None
    advice: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """Whether an enrolment would take the photo."""
        return self.code is None


@dataclass(frozen=True)
class PhotoChecks:
    """What photos are good for, each and together.

    distinct: the number of different usable photos. is_one_person: None if fewer than two can be compared.
    """

    photos: tuple[PhotoCheck, ...]
    distinct: int
    is_one_person: bool | None


def check_each(engine: FaceEngine, photos: Sequence[bytes], policies: PolicySet) -> PhotoChecks:
    """Return what the photos are good for, by the engine's own model. Raises EngineUnavailable."""
    looks: list[Look] = []
    checks = []
    for photo in photos:
        try:
            look = engine.look(photo, Purpose.ENROL, policies.engine)
        except (PhotoRefused, FaceRefused) as refusal:
            checks.append(PhotoCheck(refusal.code, refusal.advice))
        else:
            looks.append(look)
            checks.append(PhotoCheck(None, look.quality.advice))
    distinct = [looks[place] for place in distinct_photos(looks, policies)]
    return PhotoChecks(tuple(checks), len(distinct), _show_one_person(distinct, policies))


def _show_one_person(looks: Sequence[Look], policies: PolicySet) -> bool | None:
    if len(looks) < 2:
        return None
    try:
        template_of_looks(looks, policies)
    except NotOnePerson:
        return False
    return True
