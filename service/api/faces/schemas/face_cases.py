"""Bodies of face cases and resets, for admins."""

import uuid
from datetime import date, datetime
from typing import Literal, Self

from typing_extensions import TypeAliasType

from accounts.face_decisions.case_people import CaseView
from accounts.face_decisions.face_resets import ResetView
from models.faces import FaceCaseKind, FaceCaseStatus, FaceResetStatus, TemplateStatus
from service.api.faces.schemas.face_facts import CaseFactsOut
from service.edge.answers.bodies import Body, Out, Page, Reason
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut


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
