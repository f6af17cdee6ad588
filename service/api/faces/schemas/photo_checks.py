"""Bodies of photo checks: what photos of a face are good for, before somebody enrols."""

from typing import Annotated, cast

from pydantic import Field

from accounts.enrolment.photo_checks import PhotoCheck, PhotoChecks
from service.edge.answers.bodies import Body, Out, Photos
from service.edge.answers.problems import in_callers_language
from service.wording.advice import ADVICE, AdviceCode


class PhotoChecksForm(Body):
    """One to five photos of one person's face, and the version of the consent text that they agreed to."""

    photos: Photos
    consent_version: Annotated[str, Field(max_length=40)] | None = None


class AdviceOut(Out):
    """What would make a photo better: a stable code, and words in the caller's language."""

    code: AdviceCode
    text: str

    @classmethod
    def of(cls, code: str) -> "AdviceOut":
        """Return an advice in the caller's language."""
        return cls(code=cast(AdviceCode, code), text=in_callers_language(ADVICE[code]))


class PhotoCheckOut(Out):
    """What a photo is good for. code: why an enrolment would refuse it, null if it would not."""

    usable: bool
    code: str | None
    advice: list[AdviceOut]

    @classmethod
    def of(cls, check: PhotoCheck) -> "PhotoCheckOut":
        """Return the check of a photo as a body, in the caller's language."""
        return cls(usable=check.is_usable, code=check.code, advice=[AdviceOut.of(code) for code in check.advice])


class PhotoChecksOut(Out):
    """What each photo is good for, in order; nothing was kept.

    distinct: how many different usable ones there are. one_person: whether they show one person, null if fewer than two
    can be compared.
    """

    photos: list[PhotoCheckOut]
    distinct: int
    one_person: bool | None

    @classmethod
    def of(cls, checks: PhotoChecks) -> "PhotoChecksOut":
        """Show what was found of photos."""
        return cls(
            photos=[PhotoCheckOut.of(each) for each in checks.photos],
            distinct=checks.distinct,
            one_person=checks.is_one_person,
        )
