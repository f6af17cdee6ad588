"""Bodies for admins: people, units, roles, face cases."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, RootModel
from typing_extensions import TypeAliasType

from accounts.enrolment.case_people import CaseView
from accounts.enrolment.face_resets import ResetView
from accounts.people.person_views import PersonAct, PersonState, PersonView
from accounts.people.search import PeopleSort
from models.faces import FaceCaseKind, FaceCaseStatus, FaceResetStatus, TemplateStatus
from models.people import Role, UnitGrade, UnitKind
from service.api.faces.schemas.face_facts import CaseFactsOut
from service.api.sign_in.schemas.auth import PhoneText
from service.edge.bodies import Body, Out, Page, Reason, SearchText
from service.edge.briefs import PersonBrief, UnitBrief, beside, without_names
from service.edge.paging import CountedList, ListOut

CmeNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{6,20}$", description="继教编号")]


UnitNameText = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
PersonNameText = Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]


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


class PersonNew(Body):
    """A person to add, as a learner of their unit."""

    cme_number: CmeNumber
    name: PersonNameText
    unit_id: uuid.UUID
    phone: PhoneText | None = None
    id_number: Annotated[str, Field(max_length=20, description="Resident ID or another document.")] | None = None
    birth_on: date | None = None


class PersonOut(Out):
    """A person."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")


class PersonChange(Body):
    """What changes about a person: the name, the unit, or both. What is left out stays."""

    name: PersonNameText | None = None
    unit_id: uuid.UUID | None = None
    reason: Reason


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


class CasePage(Page):
    """Which cases to list."""

    status: FaceCaseStatus | None = None


class CasePersonOut(Out):
    """A person of a case. id_number_end: its last four characters; face: `active`, `held` or null."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    employer: str | None
    birth_on: date | None
    id_number_end: str | None
    face: TemplateStatus | None
    enrolled_at: datetime | None


class CaseOut(Out):
    """Something about a face that an admin must decide. Distances: dimensionless, of the engine in use then.

    other, distance, threshold: of a face on another account, else null. differs, agrees: the names of the facts known
    of both people. facts: `withdrawal` tells when the person's last face was withdrawn and which check-ins lie between
    its enrolment and that; `device` enrolled a face that its owner disowned; `attempts_at` are the sets of photos of
    two people.
    """

    id: uuid.UUID
    kind: FaceCaseKind
    status: FaceCaseStatus
    person_id: uuid.UUID
    other_person_id: uuid.UUID | None
    person: CasePersonOut
    other: CasePersonOut | None
    differs: list[str]
    agrees: list[str]
    distance: float | None
    threshold: float | None
    facts: CaseFactsOut | None
    opened_at: datetime
    decided_at: datetime | None
    decided_by: uuid.UUID | None
    decider: PersonBrief | None = beside("decided_by")
    reason: str | None

    @classmethod
    def of(cls, view: CaseView) -> Self:
        """Return what a case looks like."""
        case = view.case
        return cls(
            id=case.id,
            kind=case.kind,
            status=case.status,
            person_id=case.person_id,
            other_person_id=case.other_person_id,
            person=CasePersonOut.model_validate(view.person),
            other=CasePersonOut.model_validate(view.other) if view.other else None,
            differs=list(view.differs),
            agrees=list(view.agrees),
            distance=case.distance,
            threshold=case.threshold,
            facts=CaseFactsOut.model_validate(case.facts) if case.facts is not None else None,
            opened_at=case.opened_at,
            decided_at=case.decided_at,
            decided_by=case.decided_by,
            reason=case.reason,
        )


class CaseList(ListOut):
    """A page of cases."""

    items: list[CaseOut]
    next_cursor: str | None


CaseVerdict = TypeAliasType("CaseVerdict", Literal["accept", "reject"])


class CaseDecision(Body):
    """The decision of a case.

    accept: they are two people, or the new face is the person's own, or they may enrol again. reject: the same person
    twice, or not the person's own.
    """

    decision: CaseVerdict
    reason: Reason


class ResetPage(Page):
    """Which requests to list."""

    status: FaceResetStatus | None = None


class ResetPersonOut(Out):
    """A person of a request: who may enrol again, who asked for it, or who decided. unit: its name."""

    id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str


class ResetOut(Out):
    """A request that a person may enrol again. It takes effect when a second admin approves it.

    reason: of the request; refusal_reason: of the admin who refused it.
    """

    id: uuid.UUID
    status: FaceResetStatus
    person_id: uuid.UUID
    person: ResetPersonOut
    reason: str
    requested_by: uuid.UUID
    requester: ResetPersonOut
    requested_at: datetime
    approved_by: uuid.UUID | None
    approver: PersonBrief | None = beside("approved_by")
    approved_at: datetime | None
    refused_by: uuid.UUID | None
    refuser: PersonBrief | None = beside("refused_by")
    refused_at: datetime | None
    refusal_reason: str | None

    @classmethod
    def of(cls, view: ResetView) -> Self:
        """Return what a request looks like."""
        reset = view.reset
        return cls(
            id=reset.id,
            status=reset.status,
            person_id=reset.person_id,
            person=ResetPersonOut.model_validate(view.person),
            reason=reset.reason,
            requested_by=reset.requested_by,
            requester=ResetPersonOut.model_validate(view.requester),
            requested_at=reset.requested_at,
            approved_by=reset.approved_by,
            approved_at=reset.approved_at,
            refused_by=reset.refused_by,
            refused_at=reset.refused_at,
            refusal_reason=reset.refusal_reason,
        )


class ResetList(ListOut):
    """A page of requests, oldest first."""

    items: list[ResetOut]
    next_cursor: str | None


class ModelOut(Out):
    """A recognition model. is_understood: False if its templates can't be compared; the owners must enrol again."""

    model: str
    is_current: bool
    is_understood: bool
    faces: int


class ModelList(Out):
    """All models that have templates, and the models of the settings."""

    items: list[ModelOut]
