"""Compares the photos of a check-in with the enrolled face, and refuses photos that can't tell who somebody is."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.enrolment import used_pictures
from accounts.enrolment.enrolment import EnrolledFace, look_at_each
from accounts.enrolment.used_pictures import Mark
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceCovered, LowQuality
from faces.matching.copies import find_enrolled_copy
from faces.matching.policy import Band, Decision, PolicySet
from faces.matching.verify import verify

# Share of the accepted distance within which a covered face still passes. Of strangers in sunglasses like the enrolled
# ones 0.05% come as near, and 0.24% within the whole distance.
CLEARLY = 0.9


@dataclass(frozen=True)
class Shown:
    """What the photos show. copied: index of one that copies an enrolled photo; marks: of the pictures."""

    decision: Decision
    copied: int | None
    marks: tuple[Mark, ...]


def compare(engine: FaceEngine, photos: Sequence[bytes], face: EnrolledFace, policies: PolicySet) -> Shown:
    """Look at the photos, and return how like they are to the enrolled face.

    A copy of an enrolled photo is told first. Raises FaceError; LowQuality for photos that don't pass and tell too
    little; FaceCovered for a covered face that doesn't pass clearly.
    """
    template = face.template
    looks = look_at_each(engine, photos, Purpose.CHECK_IN, template.engine)
    policy = policies.choose([template.descriptors, *(look.descriptors for look in looks)])
    copied = find_enrolled_copy(looks, template, policies)
    decision = verify(looks, template, policy)
    if copied is None:
        clear = [look for look in looks if not look.quality.is_doubtful]
        is_rejected = decision.band is Band.REJECT
        if is_rejected and not (clear and verify(clear, template, policy).band is Band.REJECT):
            _refuse_doubtful(looks)
        _refuse_covered(looks, decision)
    return Shown(decision, copied, used_pictures.marks_of(looks, face.picture_key))


def _refuse_doubtful(looks: Sequence[Look]) -> None:
    """Raise LowQuality if a look is too blurred, dark or noisy to be evidence of another person.

    So nobody is called somebody else because of a shaken phone. The attempt is stored without its distance, and costs
    no try.
    """
    for place, look in enumerate(looks):
        if look.quality.is_doubtful:
            raise LowQuality(advice=look.quality.advice).at(place)


def _refuse_covered(looks: Sequence[Look], decision: Decision) -> None:
    """Raise FaceCovered for a covered face that does not pass clearly.

    The distance of a covered face says little about its owner. So the attempt is stored without it, and costs no try.
    """
    guard = decision.guard
    is_clear = decision.distance <= CLEARLY * decision.accept_at
    if is_clear and (guard is None or guard.distance <= CLEARLY * guard.accept_at) and decision.band is Band.ACCEPT:
        return
    for place, look in enumerate(looks):
        if look.quality.is_covered and not look.quality.is_doubtful:  # blur can look like a cover
            raise FaceCovered().at(place)
