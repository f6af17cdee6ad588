"""The errors between a photo and a decision, as one tree.

    FaceError                     code                    raised when
    ├── PhotoRefused                                      the file itself can't be used
    │   ├── PhotoTooLarge         photo_too_large         more bytes than the limit
    │   ├── PhotoTooManyPixels    photo_too_many_pixels   its header tells more pixels than the limit
    │   ├── PhotoUnsupported      photo_unsupported       not an image of an accepted kind
    │   ├── PhotoBroken           photo_broken            truncated, or can't be decoded
    │   └── PhotoAnimated         photo_animated          more than one frame
    ├── FaceRefused                                       the file is fine, but its content can't be used
    │   ├── NoFace                no_face                 no face found
    │   ├── MultipleFaces         multiple_faces          more than one face, and none is clearly the nearest
    │   ├── FaceCovered           face_covered            a mask, hand or scarf hides the mouth, or glasses the eyes
    │   ├── LowQuality            low_quality             a face that certainly can't be recognised
    │   ├── NotOnePerson          not_one_person          the photos of one enrolment show different people
    │   ├── PhotoUsedBefore       photo_used_before       the very picture was enrolled, or brought a check-in
    │   └── LivenessFailed        liveness_failed         the frames don't show one living person who does the steps
    ├── UnknownModel              face_model_unknown      this engine doesn't have the network that made a template
    ├── ChallengeUnavailable      liveness_unavailable    this engine has no mesh, so it can't judge a challenge
    └── EngineUnavailable                                 the photo isn't the cause: try again
        ├── EngineBusy            face_queue_full         the queue is full, or the wait was too long
        └── EngineDown            face_engine_down        no face worker answers

An error holds no face data: only its code, the photo's index in the request, and advice codes.
"""

from collections.abc import Callable
from typing import Any, Self


class FaceError(Exception):
    """The base of all errors that stop the way from a photo to a decision.

    photo: index of the photo among those given, from 0; None where no single photo is to blame.
    advice: stable codes of what the person can do, most useful first.
    facts: plain JSON values that the person needs besides, set by who knows them.
    keeps_writes: as of a Refusal, whether what was written before it must last.
    """

    code = "face_error"
    keeps_writes = False
    usual_advice: tuple[str, ...] = ()

    def __init__(self, *, photo: int | None = None, advice: tuple[str, ...] | None = None) -> None:
        super().__init__(self.code)
        self.photo = photo
        self.advice = self.usual_advice if advice is None else advice
        self.facts: dict[str, Any] = {}

    def keeping_writes(self) -> Self:
        """Say that what was written so far must last, and return the error."""
        self.keeps_writes = True
        return self

    def at(self, photo: int) -> Self:
        """Return the same error with the index of a photo."""
        return type(self)(photo=photo, advice=self.advice)

    def __reduce__(self) -> tuple[Callable[..., "FaceError"], tuple[type["FaceError"], int | None, tuple[str, ...]]]:
        return _rebuilt, (type(self), self.photo, self.advice)  # pickle by itself can't pass keyword arguments


class PhotoRefused(FaceError):
    """The photo's file can't be used."""


class PhotoTooLarge(PhotoRefused):
    """The file has more bytes than the limit."""

    code = "photo_too_large"
    usual_advice = ("smaller_photo",)


class PhotoTooManyPixels(PhotoRefused):
    """The file's header tells more pixels than the limit. Nothing was decoded."""

    code = "photo_too_many_pixels"
    usual_advice = ("smaller_photo",)


class PhotoUnsupported(PhotoRefused):
    """The file isn't an image of an accepted kind. Its name doesn't count."""

    code = "photo_unsupported"
    usual_advice = ("photo_as_jpeg",)


class PhotoBroken(PhotoRefused):
    """The file is truncated, empty, or can't be decoded."""

    code = "photo_broken"
    usual_advice = ("new_photo",)


class PhotoAnimated(PhotoRefused):
    """The file has more than one frame, so it isn't clear which one should count."""

    code = "photo_animated"
    usual_advice = ("still_photo",)


class FaceRefused(FaceError):
    """The file is fine, but its content can't be used."""


class NoFace(FaceRefused):
    """No face was found."""

    code = "no_face"
    usual_advice = ("uncover_face", "whole_face", "look_straight", "more_light")


class MultipleFaces(FaceRefused):
    """The photo shows more than one face, and none is clearly the nearest."""

    code = "multiple_faces"
    usual_advice = ("one_person_only",)


class FaceCovered(FaceRefused):
    """A mask, a hand or a scarf hides the mouth, or dark glasses hide the eyes."""

    code = "face_covered"
    usual_advice = ("uncover_face",)


class LowQuality(FaceRefused):
    """The face certainly can't be recognised; `advice` says why."""

    code = "low_quality"
    usual_advice = ("new_photo",)


class NotOnePerson(FaceRefused):
    """The photos of one enrolment show different people."""

    code = "not_one_person"
    usual_advice = ("one_person_only", "new_photo")


class PhotoUsedBefore(FaceRefused):
    """The very picture, or a copy of it, was enrolled by this person or has brought them a check-in."""

    code = "photo_used_before"
    usual_advice = ("new_photo",)


class LivenessFailed(FaceRefused):
    """The frames of a challenge don't show one living person who does the steps in order; `advice` says what to do."""

    code = "liveness_failed"
    usual_advice = ("follow_steps",)


class ChallengeUnavailable(FaceError):
    """This engine has no mesh, so it can't judge a challenge."""

    code = "liveness_unavailable"
    usual_advice = ("ask_staff",)


class UnknownModel(FaceError):
    """This engine doesn't have the network that was asked for. People with a template of it must enrol again."""

    code = "face_model_unknown"
    usual_advice = ("enrol_again",)


class EngineUnavailable(FaceError):
    """The photo isn't the cause. The same request may succeed a moment later."""


class EngineBusy(EngineUnavailable):
    """The queue is full, or no worker was free before the time limit."""

    code = "face_queue_full"
    usual_advice = ("try_again",)


class EngineDown(EngineUnavailable):
    """No face worker listens, or the workers die at this photo."""

    code = "face_engine_down"
    usual_advice = ("try_again",)


def _rebuilt(kind: type[FaceError], photo: int | None, advice: tuple[str, ...]) -> FaceError:
    return kind(photo=photo, advice=advice)


def leaves(kind: type[FaceError] = FaceError) -> dict[str, type[FaceError]]:
    """Return every concrete error class by its code."""
    below = kind.__subclasses__()
    if not below:
        return {kind.code: kind}
    return {code: leaf for branch in below for code, leaf in leaves(branch).items()}
