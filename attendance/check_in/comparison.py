"""Compares the photos of a check-in with the enrolled face, and refuses photos that can't tell who somebody is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts.enrolment import used_pictures
from accounts.enrolment.enrolment import EnrolledFace, look_at_each
from accounts.enrolment.used_pictures import Mark
from faces.engine import FaceEngine, Look, Purpose
from faces.errors import FaceCovered, LivenessFailed, LowQuality
from faces.liveness.rule import check_frames, check_one_person, judge
from faces.liveness.steps import Step
from faces.matching.copies import find_enrolled_copy
from faces.matching.policy import Band, Decision, Policy, PolicySet
from faces.matching.template import Template
from faces.matching.verify import verify

# Share of the accepted distance within which a covered face still passes. Of strangers in sunglasses like the enrolled
# ones 0.05% come as near, and 0.24% within the whole distance.
CLEARLY = 0.9


@dataclass(frozen=True)
class ComparedPhotos:
    """What the photos show. copied: index of one that copies an enrolled photo; marks: of the pictures."""

    decision: Decision
    copied: int | None
    marks: tuple[Mark, ...]


def compare(
    engine: FaceEngine, photos: Sequence[bytes], face: EnrolledFace, policies: PolicySet, steps: Sequence[Step] = ()
) -> ComparedPhotos:
    """Look at the photos, and return how like they are to the enrolled face.

    steps: of the ticket's challenge. Then the photos are its frames, and the frontal one alone is compared with the
    enrolled face. A copy of an enrolled photo is told first. Raises FaceError; LivenessFailed for frames that don't
    show a living person who does the steps; LowQuality for photos that don't pass and tell too little; FaceCovered for
    a covered face that doesn't pass clearly, LowQuality if it is blurred as well.
    """
    if steps:
        return _compare_frames(engine, photos, face, policies, steps)
    template = face.template
    looks = look_at_each(engine, photos, Purpose.CHECK_IN, template.engine)
    policy = policies.choose([template.descriptors, *(look.descriptors for look in looks)])
    copied = find_enrolled_copy(looks, template, policies)
    decision = verify(looks, template, policy)
    if copied is None:
        _refuse_the_doubtful(dict(enumerate(looks)), template, policy, decision)
    return ComparedPhotos(decision, copied, used_pictures.marks_of(looks, face.picture_key))


def _compare_frames(
    engine: FaceEngine, photos: Sequence[bytes], face: EnrolledFace, policies: PolicySet, steps: Sequence[Step]
) -> ComparedPhotos:
    """Judge the frames of a challenge, and return how like the frontal one is to the enrolled face."""
    check_frames(photos)
    template = face.template
    looks = look_at_each(engine, photos, Purpose.CHALLENGE, template.engine)
    policy = policies.choose([template.descriptors, *(look.descriptors for look in looks)])
    copied = find_enrolled_copy(looks, template, policies)
    if copied is not None:
        raise LivenessFailed(photo=copied, advice=("live_camera", "follow_steps"))
    front = judge(looks, steps)
    check_one_person(looks, front, policy)
    decision = verify([looks[front]], template, policy)
    _refuse_the_doubtful({front: looks[front]}, template, policy, decision)
    return ComparedPhotos(decision, None, used_pictures.marks_of(looks, face.picture_key))


def _refuse_the_doubtful(places: Mapping[int, Look], template: Template, policy: Policy, decision: Decision) -> None:
    """Raise LowQuality or FaceCovered for photos that don't pass and tell too little. places: the looks by index."""
    clear = {place: look for place, look in places.items() if not look.quality.is_doubtful}
    if decision.band is not Band.REJECT:
        _refuse_covered(places, decision)
    elif clear and verify([*clear.values()], template, policy).band is Band.REJECT:
        _refuse_covered(clear, decision)  # by sharp photos it is another person, whatever a blurred one shows
    else:
        _refuse_doubtful(places)


def _refuse_doubtful(looks: Mapping[int, Look]) -> None:
    """Raise LowQuality if a look is too blurred, dark or noisy to be evidence of another person.

    So nobody is called somebody else because of a shaken phone. The attempt is stored without its distance, and costs
    no try.
    """
    for place, look in looks.items():
        if look.quality.is_doubtful:
            raise _low_quality(look, place)


def _refuse_covered(looks: Mapping[int, Look], decision: Decision) -> None:
    """Raise FaceCovered for a covered face that does not pass clearly; LowQuality if it is blurred or dark too.

    The distance of a covered face says little about its owner. So the attempt is stored without it, and costs no try.
    Blur can look like a cover, so it is told first.
    """
    guard = decision.guard
    is_clear = decision.distance <= CLEARLY * decision.accept_at
    if is_clear and (guard is None or guard.distance <= CLEARLY * guard.accept_at) and decision.band is Band.ACCEPT:
        return
    for place, look in looks.items():
        if look.quality.is_covered:
            raise _low_quality(look, place) if look.quality.is_doubtful else FaceCovered().at(place)


def _low_quality(look: Look, place: int) -> LowQuality:
    return LowQuality(advice=look.quality.advice).at(place)
