"""Bodies of profiles, and of requests to correct them."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from apiflask.fields import UploadFile
from pydantic import Field, model_validator
from typing_extensions import TypeAliasType

from accounts.profiles.corrections import ListedRequest
from accounts.profiles.fields import CORRECTABLE, EDITABLE, ProfileField, refuse_read_only
from accounts.profiles.history import HistoryRow
from accounts.profiles.masks import masked_email, masked_end, masked_id_number
from accounts.profiles.profiles import ProfileView
from models.attendance import ReviewDecision
from models.person_facts import (
    Degree,
    Education,
    Ethnicity,
    PersonStatus,
    PoliticalStatus,
    Sex,
    Title,
    TitleLevel,
    TransferStatus,
)
from models.profiles import ProfileRequestStatus
from service.api.people.schemas.profile_values import ContactPhone, Email, IcCardNumber
from service.edge.answers.bodies import Body, Out, Page, PartialBody, Query, Reason
from service.edge.answers.briefs import PersonBrief, UnitBrief, beside
from service.edge.answers.paging import ListOut

_CORRECTABLE = tuple(field.value for field in ProfileField if field in CORRECTABLE)
CorrectableField = TypeAliasType("CorrectableField", Literal[*_CORRECTABLE])  # type: ignore[valid-type]


class ProfileAsked(Query):
    """How much to show. full: numbers and addresses whole; masked otherwise."""

    full: bool = False


class ProfileBasics(Out):
    """基本信息. phone: the one to sign in with. Numbers and addresses are masked unless `full` was asked for."""

    name: str
    sex: Sex | None
    ethnicity: Ethnicity | None
    political_status: PoliticalStatus | None
    id_number: str | None
    birth_on: date | None
    education: Education | None
    degree: Degree | None
    phone: str | None
    contact_phone: str | None
    email: str | None


class ProfileWork(Out):
    """其他信息. employer: of a person of another province, whose unit is none of ours."""

    unit: UnitBrief
    employer: str | None
    post: str | None
    person_status: PersonStatus
    transfer_status: TransferStatus
    title: Title | None
    title_level: TitleLevel | None
    old_ic_card_no: str | None


class ProfileHistoryRow(Out):
    """A row of 状态/职称变动情况. year: from which on."""

    unit: str
    title: Title | None
    person_status: PersonStatus
    year: int

    @classmethod
    def of_row(cls, row: HistoryRow) -> "ProfileHistoryRow":
        """Return what a row looks like."""
        return cls(unit=row.unit_name, title=row.title, person_status=row.person_status, year=row.year)


class ProfileOut(Out):
    """A profile (个人资料) in its three blocks. photo_at: when the photo was set, null for none.

    editable: what its owner edits; the rest is corrected by admins.
    """

    basic: ProfileBasics
    other: ProfileWork
    history: list[ProfileHistoryRow]
    photo_at: datetime | None
    editable: list[ProfileField]

    @classmethod
    def of_view(cls, view: ProfileView, *, is_full: bool) -> "ProfileOut":
        """Return what a profile looks like."""
        told = {field.value: value for field, value in view.values.items()} | {"phone": view.phone}
        if not is_full:
            told["id_number"] = masked_id_number(told["id_number"])
            told["email"] = masked_email(told["email"])
            for name in ("phone", "contact_phone", "old_ic_card_no"):
                told[name] = masked_end(told[name])
        title: Title | None = told["title"]
        return cls(
            basic=ProfileBasics(**{name: told[name] for name in ProfileBasics.model_fields}),
            other=ProfileWork(
                unit=UnitBrief.model_validate(view.unit),
                employer=view.person.employer,
                title_level=title.level if title is not None else None,
                **{name: told[name] for name in ProfileWork.model_fields if name in told},
            ),
            history=[ProfileHistoryRow.of_row(row) for row in view.history],
            photo_at=view.photo_at,
            editable=sorted(EDITABLE),
        )


class MyProfileChange(PartialBody):
    """What I change of my profile. null clears a field."""

    clearable = frozenset({"contact_phone", "email", "old_ic_card_no", "ethnicity"})

    contact_phone: ContactPhone | None = None
    email: Email | None = None
    old_ic_card_no: IcCardNumber | None = None
    ethnicity: Ethnicity | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_read_only(cls, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_read_only(frozenset(str(name) for name in data))
        return data

    def changes(self) -> dict[ProfileField, Any]:
        """Return the values that were sent."""
        return {ProfileField(name): value for name, value in self.sent().items()}


class ProfilePhotoForm(Body):
    """A photo to keep in the profile."""

    photo: UploadFile


class ProfilePhotoOut(Out):
    """When the photo was set. `GET /me/profile/photo` shows it."""

    put_at: datetime


class ProfileCorrectionNew(Body):
    """What to correct. wanted: the right value, a code of its words where the field has any; evidence: in words."""

    field: CorrectableField
    wanted: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Reason
    evidence: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class ProfileCorrectionOut(Out):
    """A request and what came of it.

    wanted_name: the name of a wanted unit, else null. before: what an accepted request replaced. decision_reason: the
    admin's.
    """

    id: uuid.UUID
    field: CorrectableField
    wanted: str
    wanted_name: str | None
    before: str | None
    reason: str
    evidence: str | None
    status: ProfileRequestStatus
    asked_at: datetime
    decided_at: datetime | None
    decision_reason: str | None

    @classmethod
    def of_listed(cls, listed: ListedRequest) -> "ProfileCorrectionOut":
        """Return what a request looks like to its owner."""
        return cls(**_told(listed))


class OwnProfileCorrectionList(ListOut):
    """A page of my requests, newest first."""

    items: list[ProfileCorrectionOut]
    next_cursor: str | None


class ProfileCorrectionPage(Page):
    """Which requests to list."""

    status: ProfileRequestStatus | None = None


class ProfileCorrectionOfPerson(ProfileCorrectionOut):
    """A request as the admins of its person see it."""

    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    decided_by: uuid.UUID | None
    decider: PersonBrief | None = beside("decided_by")

    @classmethod
    def of_listed(cls, listed: ListedRequest) -> "ProfileCorrectionOfPerson":
        """Return what a request looks like to an admin."""
        return cls(**_told(listed), person_id=listed.request.person_id, decided_by=listed.request.decided_by)


class ProfileCorrectionList(ListOut):
    """A page of requests, oldest first."""

    items: list[ProfileCorrectionOfPerson]
    next_cursor: str | None


class ProfileCorrectionDecision(Body):
    """accept: the profile is changed. reject: it stays. The person is told the reason."""

    decision: ReviewDecision
    reason: Reason


def _told(listed: ListedRequest) -> dict[str, Any]:
    request = listed.request
    names = ("id", "field", "reason", "evidence", "status", "asked_at", "decided_at", "decision_reason")
    opened = {"wanted": listed.wanted, "wanted_name": listed.wanted_name, "before": listed.before}
    return {name: getattr(request, name) for name in names} | opened
