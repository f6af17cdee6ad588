"""Bodies of certificates. Credits and hours are strings, such as `6.00` credits and `18.0` hours."""

import uuid
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from credit.certificates.files import MOST, MOST_OF_A_PDF
from credit.certificates.states import CertificateState
from models.certificates import CertificateKind, FileFormat
from service.edge.answers.bodies import Body, Out, Reason
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut

Number = Annotated[str, Field(min_length=5, max_length=40)]


class CertificatesWanted(Body):
    """The credits to certify: the ids of items of `GET /me/credits`."""

    entry_ids: Annotated[list[uuid.UUID], Field(min_length=1, max_length=200)]


class CertificateOut(Out):
    """A certificate (M-10). pdf, badge: paths to get it from; verify_url: the public page, also behind the QR code."""

    number: str
    kind: CertificateKind
    state: CertificateState
    pdf: str
    verify_url: str
    badge: str
    entry_id: uuid.UUID
    project: str
    project_number: str | None
    ends_on: date
    credits: str
    hours: str
    issued_at: datetime
    replaces: str | None
    replaced_by: str | None
    revoked_at: datetime | None
    revocation_reason: str | None


class CertificatesIssued(Out):
    """The certificates of the credits, in their order."""

    items: list[CertificateOut]


class CertificateList(ListOut):
    """A page of certificates, newest first: also those that are no longer valid."""

    items: list[CertificateOut]
    next_cursor: str | None


class RevocationAsked(Body):
    """Why a certificate is revoked or issued again. The person reads it, the public page does not show it."""

    reason: Reason


class CertificateFileWanted(Body):
    """Several of my certificates: as the pages of one PDF, or as a zip with a PDF of each."""

    numbers: Annotated[list[Number], Field(min_length=1, max_length=MOST)]
    format: FileFormat = FileFormat.PDF

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.format is FileFormat.PDF and len(self.numbers) > MOST_OF_A_PDF:
            raise PydanticCustomError("many_pages", "one PDF has at most {most} certificates", {"most": MOST_OF_A_PDF})
        return self


class CertificateFileOut(Out):
    """A file that is being made. job_id: for `GET /jobs/{id}`; path: where it is once the job is done, for a day."""

    id: uuid.UUID
    job_id: uuid.UUID
    path: str


class NameTaskOut(Out):
    """A person whose name has letters that no font has. is_solved: the fonts have them by now."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    letters: list[str]
    opened_at: datetime
    is_solved: bool


class NameTaskList(ListOut):
    """A page of names, oldest first."""

    items: list[NameTaskOut]
    next_cursor: str | None


class VerifiedOut(Out):
    """What the public page says: the facts as issued, with a masked name, and the state now."""

    valid: bool
    state: CertificateState
    kind: CertificateKind
    number: str
    name: str
    sex: str | None
    project: str
    project_number: str | None
    starts_on: date
    ends_on: date
    organizer: str
    level: str
    activity_type: str
    is_self_claimed: bool
    credit_class: str | None
    credits: str
    hours: str
    reviewing_unit: str
    issued_at: datetime
    ended_at: datetime | None
    replaces: str | None
    replaced_by: str | None
