"""What admins see and decide: people, units, roles, face cases."""

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from models.faces import FaceCaseKind, FaceCaseStatus
from models.people import Role, UnitGrade, UnitKind
from service.api.sign_in.schemas.auth import PhoneText
from service.edge.bodies import Body, Out, Page, Query, Reason
from service.edge.paging import ListOut

CmeNumber = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{6,20}$", description="继教编号")]


class UnitNew(Body):
    """A unit to add under `parent_id`."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    kind: UnitKind
    parent_id: uuid.UUID


class UnitCreated(Out):
    """A unit of the tree."""

    id: uuid.UUID
    name: str
    kind: UnitKind
    parent_id: uuid.UUID | None
    grade: UnitGrade | None


class GradeSet(Body):
    """What a unit is; null where it is neither."""

    grade: UnitGrade | None
    reason: Reason


class PersonNew(Body):
    """Somebody to take in, as a learner of their unit."""

    cme_number: CmeNumber
    name: Annotated[str, Field(min_length=1, max_length=100)]
    unit_id: uuid.UUID
    phone: PhoneText | None = None
    birth_on: date | None = None


class PersonOut(Out):
    """A person on file."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit_id: uuid.UUID


class PersonQuery(Query):
    """Look somebody up by 继教编号."""

    cme_number: CmeNumber


class RoleNew(Body):
    """A role over a unit and all below it."""

    role: Role
    unit_id: uuid.UUID


class RoleOut(Out):
    """A role somebody holds."""

    id: uuid.UUID
    role: Role
    unit_id: uuid.UUID


class Because(Body):
    """Why it is done, for the audit trail."""

    reason: Reason


class CasePage(Page):
    """Which cases."""

    status: FaceCaseStatus | None = None


class CaseOut(Out):
    """One face that looks like another account's. Distances are of the engine that made them, dimensionless."""

    id: uuid.UUID
    kind: FaceCaseKind
    status: FaceCaseStatus
    person_id: uuid.UUID
    other_person_id: uuid.UUID
    distance: float
    threshold: float
    opened_at: datetime
    decided_at: datetime | None
    decided_by: uuid.UUID | None
    reason: str | None


class CaseList(ListOut):
    """A page of cases."""

    items: list[CaseOut]
    next_cursor: str | None


class CaseDecision(Body):
    """accept: they are two people; reject: the same person twice."""

    decision: Literal["accept", "reject"]
    reason: Reason


class ResetOut(Out):
    """A request that somebody may enrol anew; it is done once a second admin approved it."""

    id: uuid.UUID
    person_id: uuid.UUID
    reason: str
    requested_by: uuid.UUID
    requested_at: datetime
    approved_by: uuid.UUID | None
    approved_at: datetime | None


class ModelOut(Out):
    """One recognition model. is_understood: its templates can be compared; those of others need a new enrolment."""

    model: str
    is_current: bool
    is_understood: bool
    faces: int


class ModelList(Out):
    """All models that there are faces of, and those in the settings."""

    items: list[ModelOut]
