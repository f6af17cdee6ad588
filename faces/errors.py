"""What can go wrong between a photo and a decision, as one tree.

    FaceError                     code                    raised when
    ├── PhotoRefused                                      the file itself can't be used
    │   ├── PhotoTooLarge         photo_too_large         more bytes than the limit
    │   ├── PhotoTooManyPixels    photo_too_many_pixels   its header promises more pixels than the limit
    │   ├── PhotoUnsupported      photo_unsupported       not an image of an accepted kind
    │   ├── PhotoBroken           photo_broken            truncated, or can't be decoded
    │   └── PhotoAnimated         photo_animated          more than one frame
    ├── FaceRefused                                       the picture is fine, what it shows isn't
    │   ├── NoFace                no_face                 no face found
    │   ├── MultipleFaces         multiple_faces          more than one face, none clearly the nearest
    │   ├── LowQuality            low_quality             a face that surely can't be recognised
    │   └── NotOnePerson          not_one_person          photos of one enrolment show different people
    ├── UnknownModel              face_model_unknown      no engine here has the network that made a template
    └── EngineUnavailable                                 no fault of the photo: try again
        ├── EngineBusy            face_queue_full         the queue is full, or waiting took too long
        └── EngineDown            face_engine_down        nothing answers

No error carries anything of a face: only its code, the photo's place in the request, and advice codes.
"""

from collections.abc import Callable
from typing import Self


class FaceError(Exception):
    """Something that keeps a photo from becoming a decision.

    photo: index of the photo among those given, from 0; None where no single photo is to blame.
    advice: stable codes of what the person can do, most useful first.
    keeps_writes: as of a Refusal, whether what was written before it must last.
    """

    code = "face_error"
    keeps_writes = False
    usual_advice: tuple[str, ...] = ()

    def __init__(self, *, photo: int | None = None, advice: tuple[str, ...] | None = None) -> None:
        super().__init__(self.code)
        self.photo = photo
        self.advice = self.usual_advice if advice is None else advice

    def keeping_writes(self) -> Self:
        """Say that what was written so far must last, and return the error."""
        self.keeps_writes = True
        return self

    def at(self, photo: int) -> Self:
        """Give the same error for the photo at this index."""
        return type(self)(photo=photo, advice=self.advice)

    def __reduce__(self) -> tuple[Callable[..., "FaceError"], tuple[type["FaceError"], int | None, tuple[str, ...]]]:
        return _rebuilt, (type(self), self.photo, self.advice)  # Python's own way knows no keyword arguments


class PhotoRefused(FaceError):
    """The file itself can't be used."""


class PhotoTooLarge(PhotoRefused):
    """More bytes than the limit."""

    code = "photo_too_large"
    usual_advice = ("smaller_photo",)


class PhotoTooManyPixels(PhotoRefused):
    """The header promises more pixels than the limit; nothing was decoded."""

    code = "photo_too_many_pixels"
    usual_advice = ("smaller_photo",)


class PhotoUnsupported(PhotoRefused):
    """Not an image of an accepted kind, whatever its name says."""

    code = "photo_unsupported"
    usual_advice = ("photo_as_jpeg",)


class PhotoBroken(PhotoRefused):
    """Truncated, empty, or not decodable."""

    code = "photo_broken"
    usual_advice = ("new_photo",)


class PhotoAnimated(PhotoRefused):
    """More than one frame: which of them should count is nobody's guess."""

    code = "photo_animated"
    usual_advice = ("still_photo",)


class FaceRefused(FaceError):
    """The picture is fine, what it shows isn't."""


class NoFace(FaceRefused):
    """No face found."""

    code = "no_face"
    usual_advice = ("whole_face", "look_straight", "more_light")


class MultipleFaces(FaceRefused):
    """More than one face, none of them clearly the nearest."""

    code = "multiple_faces"
    usual_advice = ("one_person_only",)


class LowQuality(FaceRefused):
    """A face from which surely nobody could be recognised; `advice` says why."""

    code = "low_quality"
    usual_advice = ("new_photo",)


class NotOnePerson(FaceRefused):
    """The photos of one enrolment don't show one person."""

    code = "not_one_person"
    usual_advice = ("one_person_only", "new_photo")


class UnknownModel(FaceError):
    """No engine here has the network that was asked for: who has a template of it must enrol again."""

    code = "face_model_unknown"
    usual_advice = ("enrol_again",)


class EngineUnavailable(FaceError):
    """No fault of the photo: the same request may succeed in a moment."""


class EngineBusy(EngineUnavailable):
    """The queue is full, or the patience ran out before a worker was free."""

    code = "face_queue_full"
    usual_advice = ("try_again",)


class EngineDown(EngineUnavailable):
    """Nothing listens, or the workers die on this photo."""

    code = "face_engine_down"
    usual_advice = ("try_again",)


def _rebuilt(kind: type[FaceError], photo: int | None, advice: tuple[str, ...]) -> FaceError:
    return kind(photo=photo, advice=advice)


def leaves(kind: type[FaceError] = FaceError) -> dict[str, type[FaceError]]:
    """Give every error that can be raised, by its code."""
    below = kind.__subclasses__()
    if not below:
        return {kind.code: kind}
    return {code: leaf for branch in below for code, leaf in leaves(branch).items()}
