"""Bodies for admins: people, units, roles."""

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, RootModel, model_validator

from accounts.errors import ProfileFieldReadOnly
from accounts.id_numbers import normal_id_number
from accounts.people.person_views import PersonAct, PersonState, PersonView
from accounts.people.search import PeopleSort
from accounts.profiles.fields import ProfileField
from models.people import Role, UnitGrade, UnitKind
from service.api.people.schemas.profile_values import OPTIONAL_VALUES, ProfileValues
from service.api.sign_in.schemas.auth import PhoneText
from service.edge.answers.bodies import NOT_SENT, Body, Out, Page, Reason, SearchText
from service.edge.answers.briefs import UnitBrief, beside, without_names
from service.edge.answers.paging import CountedList

CmeNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{6,20}$", description="继教编号")]


UnitNameText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
IdNumberText = Annotated[str, Field(max_length=20, description="Resident ID or another document.")]
PersonNameText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


_FIELDS = frozenset(field.value for field in ProfileField)


class UnitNew(Body):
    """A unit to add under `parent_id`."""

    name: UnitNameText
    kind: UnitKind
    parent_id: uuid.UUID


class UnitCreated(Out):
    """A unit of the tree."""

    id: uuid.UUID
    name: str
    kind: UnitKind
    parent_id: uuid.UUID | None
    parent: UnitBrief | None = beside("parent_id")
    grade: UnitGrade | None


class UnitChange(Body):
    """What changes about a unit: its name, the unit above it, or both. What is left out stays."""

    name: UnitNameText | None = None
    parent_id: uuid.UUID | None = None
    reason: Reason


class GradeSet(Body):
    """The grade of a unit; null if it has none."""

    grade: UnitGrade | None
    reason: Reason


class PersonNew(ProfileValues):
    """A person to add, as a learner of their unit, with what is known of their profile."""

    clearable = OPTIONAL_VALUES | {"phone", "id_number", "birth_on"}

    cme_number: CmeNumber
    name: PersonNameText
    unit_id: uuid.UUID
    phone: PhoneText | None = None
    id_number: IdNumberText | None = None
    birth_on: date | None = None


class PersonOut(Out):
    """A person."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")


class PersonChange(ProfileValues):
    """What changes about a person: name, unit, or fields of the profile. What is left out stays.

    A field of the profile that is null is cleared. since_year: from when the new unit, title or status holds; null for
    this year. The phone has a call of its own.
    """

    clearable = OPTIONAL_VALUES | {"id_number", "birth_on"}

    name: PersonNameText = NOT_SENT
    unit_id: uuid.UUID = NOT_SENT
    id_number: IdNumberText | None = None
    birth_on: date | None = None
    since_year: Annotated[int, Field(ge=1949, le=2999)] | None = None
    reason: Reason

    @model_validator(mode="before")
    @classmethod
    def _no_phone(cls, data: Any) -> Any:
        if isinstance(data, dict) and "phone" in data:
            raise ProfileFieldReadOnly(field="phone", facts={"why": "phone_of_person"})
        return data

    def changes(self) -> dict[ProfileField, Any]:
        """Return the values that were sent. Raises IdNumberInvalid."""
        sent = {ProfileField(name): value for name, value in self.sent().items() if name in _FIELDS}
        if sent.get(ProfileField.ID_NUMBER):
            sent[ProfileField.ID_NUMBER] = normal_id_number(sent[ProfileField.ID_NUMBER])
        return sent


class PeopleAsked(Page):
    """Whom to find: the one person with this 继教编号, or all whom `q` finds.

    q: a part of the name or of the number, or the beginning of the name in pinyin, in full or by initials.

    sort: a minus for the other way round.
    """

    cme_number: CmeNumber | None = None
    q: SearchText | None = None
    sort: PeopleSort = PeopleSort.NAME


class PersonList(CountedList):
    """A page of people."""

    items: list[PersonOut]
    next_cursor: str | None


class PeopleFound(RootModel[PersonOut | PersonList]):
    """A person, where the query has `cme_number`; a page of people otherwise."""


class RoleNew(Body):
    """A role over a unit and all below it."""

    role: Role
    unit_id: uuid.UUID


class RoleOut(Out):
    """A role that a person holds."""

    id: uuid.UUID
    role: Role
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")


class PersonDetail(PersonOut):
    """A person with their roles. state: of the account; acts: what the caller may do about them.

    employer: the unit of a person of another province, as an import named it.
    """

    employer: str | None
    state: PersonState
    roles: list[RoleOut]
    acts: list[PersonAct]

    @classmethod
    def of_view(cls, view: PersonView) -> Self:
        """Return what a person looks like. The names of units are filled in by the view."""
        person = view.person
        return cls(
            id=person.id,
            cme_number=person.cme_number,
            name=person.name,
            unit_id=person.unit_id,
            employer=person.employer,
            state=view.state,
            roles=[without_names(RoleOut, each) for each in view.roles],
            acts=list(view.acts),
        )


class Because(Body):
    """The reason for an action, for the audit trail."""

    reason: Reason


class PasswordSlipOut(Out):
    """A one-time slip: to be written down and handed over, for it is shown only once."""

    slip: str
    expires_at: datetime
