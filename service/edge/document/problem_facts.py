"""The facts that a problem may have beside its code, each with its type. A refusal has those that it needs."""

import uuid
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType

from accounts.enrolment.own_face_cases import CheckInWay
from accounts.second_factor.second_steps import Factor
from attendance.planning.series import ConflictKind
from attendance.projects.closed import WayOut
from attendance.sessions.lengths import Need
from credit.certificates.states import CertificateState
from credit.rules.claim_catalogue import QuantityUnit
from models.attendance import Direction
from models.claims import ClaimStatus, ReviewLevel
from models.people import Role
from models.projects import ProjectStatus
from service.edge.document.schemas import REF, Schema, SharedSchemas, without_null
from service.wording.advice import AdviceCode
from service.wording.vocabulary.refusals import REFUSAL_REASONS

RefusalReason = TypeAliasType("RefusalReason", Literal[*REFUSAL_REASONS])  # type: ignore[valid-type]


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NextSession(_Facts):
    """The next session of a project at which the person is expected. opens_at: when check-in opens."""

    id: uuid.UUID
    title: str
    venue: str
    zone: str
    starts_at: datetime
    opens_at: datetime


class WhomToAsk(_Facts):
    """The admins that a person can ask, by name, and their unit."""

    unit: str
    admins: list[str]


class SessionToCome(_Facts):
    """A session that has not begun."""

    id: uuid.UUID
    title: str
    starts_at: datetime


class StillOpenCounts(_Facts):
    """How many people can still meet the conditions, in all and by what they owe, and until when."""

    people: int
    evaluation: int | None = None
    exam: int | None = None
    check_out: int | None = None
    until: datetime


class ProcessUnderWay(_Facts):
    """What must end first: an import or another process, or the settlement of a project."""

    id: uuid.UUID
    process: str | None = None
    has_failed: bool | None = None
    project: str | None = None


class RecordedEntry(_Facts):
    """Credits that are on record already: how to find them again."""

    kind: str
    id: uuid.UUID
    row: int | None
    date: date
    name: str
    number: str | None
    category: str
    credits: str
    recorded_by: str | None


class DayConflict(_Facts):
    """What stands in the way of a session of a series on a day. session_id, title: of another one at the same time."""

    on: date
    kind: ConflictKind
    session_id: uuid.UUID | None = None
    title: str | None = None


class Puzzle(_Facts):
    """A computation that a device must do before it may sign in."""

    kind: str
    challenge: str
    bits: int


class ProblemFacts(_Facts):
    """All facts by name. None is ever null, but for those of a file: a fact that doesn't apply is missing."""

    why: RefusalReason | None = Field(None, description="Which of several causes it was.")
    retry_after: int | None = Field(None, description="Seconds until another try makes sense.")
    reason: str | None = Field(None, description="Why somebody decided so, in their words.")
    ask: WhomToAsk | None = Field(None, description="Whom the person can ask.")

    attempt: uuid.UUID | None = Field(None, description="The refused attempt; its card is at /attempts/{id}.")

    zone: str | None = Field(None, description="The time zone in which the hint shows the times.")
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None
    out_opens_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    expired_at: datetime | None = None
    expires_at: datetime | None = Field(None, description="When the ticket ends, or ended.")
    scanned_at: datetime | None = Field(None, description="When the code was scanned.")
    since: datetime | None = None
    by: datetime | None = Field(None, description="When it will have happened, at the latest.")
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    other_at: datetime | None = Field(None, description="When the person checked in or out, the other way round.")
    made_at: datetime | None = Field(None, description="When a step was made.")
    until: datetime | None = Field(None, description="Until when a step could be undone.")
    ends_on: date | None = None
    earliest: date | None = None
    latest: date | datetime | None = None

    direction: Direction | None = None
    next_session: NextSession | None = None
    ways: list[CheckInWay] | None = Field(None, description="How the person can be checked in.")
    tries: int | None = Field(None, description="How many tries there are: of a ticket, or of an exam.")
    tries_left: int | None = Field(None, description="How many more photos the ticket takes; with 0, scan again.")
    place: int | None = Field(None, description="The place on a waiting list, 1 for the first.")
    capacity: int | None = Field(None, description="How many people a project or a session takes.")
    applies_until: datetime | None = Field(None, description="Until when people can, or could, apply.")
    venue: str | None = None
    own_project: str | None = Field(None, description="The project at which the person is expected now.")
    own_session: str | None = None
    own_venue: str | None = None
    advice: list[AdviceCode] | None = Field(None, description="What would make the photo better, most useful first.")
    advice_texts: list[str] | None = Field(None, description="The advice in words, in the same order.")

    project: str | None = Field(None, description="The name of the project.")
    project_status: ProjectStatus | None = Field(None, description="The status of the project.")
    way_out: WayOut | None = Field(None, description="The step that leads out of a closed project.")
    next: list[ProjectStatus] | None = Field(None, description="The statuses that can follow.")
    share: str | None = Field(None, description="The share of the sessions that the person attended, as in 0.50.")
    needed_share: str | None = Field(None, description="The share that the project asks for, as in 0.80.")
    own_place: NextSession | None = Field(None, description="The session at which the person holds a place.")
    session_title: str | None = None
    starts_at: datetime | None = None
    units: list[str] | None = Field(None, description="The units of the caller, by name.")
    next_version: int | None = Field(None, description="The version that a rule set can have next.")
    missing: list[str] | None = Field(None, description="The fields that must be filled in.")
    sessions: list[SessionToCome] | None = None
    session: uuid.UUID | None = None
    on: date | None = Field(None, description="The day of the session of a series that stands in the way.")
    days: list[date] | None = Field(None, description="The days that can't have a session.")
    conflicts: list[DayConflict] | None = None
    hours: str | None = Field(None, description="The hours of a session or a project.")
    needs: Need | None = Field(None, description="What so long a session needs.")
    people: int | None = Field(None, description="How many people are concerned.")
    last: uuid.UUID | None = Field(None, description="One's last step, which is undone first.")
    check_ins: int | None = None
    corrections: int | None = None
    still_open: StillOpenCounts | None = None
    under_way: list[ProcessUnderWay] | None = None
    revision: int | None = Field(None, description="The present revision.")
    most: int | None = Field(None, description="The limit.")
    least: int | None = Field(None, description="The least that is needed.")
    most_credits: str | None = Field(None, description="The most credits that the rule gives, as in 10.00.")
    claim_status: ClaimStatus | None = Field(None, description="The status of the claim.")
    waits_for: ReviewLevel | None = Field(None, description="The level of the review that has the claim.")
    likeness: str | None = Field(None, description="How the activity is like the one that is recorded.")

    largest: str | None = Field(None, description="The largest rank, quantity or number of credits that is taken.")
    quantity_unit: QuantityUnit | None = Field(None, description="What the quantity of a claim counts.")
    unknown_evidence: list[str] | None = Field(None, description="The files that are not the caller's, by id.")
    by_rule: str | None = Field(None, description="The credits that the rule gives, as in 6.00.")

    case: uuid.UUID | None = Field(None, description="The case that an admin must decide.")
    face_reset: uuid.UUID | None = Field(None, description="The open request for a reset.")
    needed: int | None = Field(None, description="How many different photos are needed.")
    distinct: int | None = Field(None, description="How many different photos there were.")

    role: Role | None = None
    proofs: list[str] | None = Field(None, description="The proofs of which one must be given.")
    factors: list[Factor] | None = Field(None, description="The factors of which one must be given.")
    puzzle: Puzzle | None = None
    phones: int | None = Field(None, description="To how many phones a device may ask for codes in a day.")

    questions: int | None = Field(None, description="How many questions of the import are in use.")
    papers: int | None = Field(None, description="On how many papers they are.")
    projects: list[str] | None = Field(None, description="The names of the first five of their projects.")

    entry: RecordedEntry | None = None
    entries: list[uuid.UUID] | None = Field(None, description="The credits that are not approved.")
    letters: list[str] | None = Field(None, description="The letters that no font has, with their code points.")
    state: CertificateState | None = None
    replaced_by: str | None = Field(None, description="The number of the certificate that replaced it.")
    job: uuid.UUID | None = Field(None, description="The job that makes the file.")
    known: list[str] | None = Field(None, description="The codes that are known.")
    rows: list[int] | None = None
    row: int | None = Field(None, description="The row of the file; null where no row is meant.")
    column: str | None = Field(None, description="The column of the file; null where no column is meant.")
    sheets: list[str] | None = Field(None, description="The sheets of a workbook, by name.")
    limit_rows: int | None = Field(None, description="How many rows a file may have.")
    limit_characters: int | None = Field(None, description="How many characters a cell may have.")
    limit_files: int | None = None
    limit_bytes: int | None = None
    limit_fields: int | None = None
    limit_levels: int | None = None


_MAY_BE_NULL = frozenset({"row", "column", "limit_bytes"})


def add_facts(problem: Schema, schemas: SharedSchemas) -> Schema:
    """Return the schema of problems with the facts among its properties."""
    name = str(schemas.ref(ProblemFacts, "validation")["$ref"]).removeprefix(REF)
    facts = schemas.components.pop(name)["properties"]
    typed: dict[str, Any] = {
        fact: schema if fact in _MAY_BE_NULL else without_null(schema) for fact, schema in facts.items()
    }
    for fact in _MAY_BE_NULL:
        typed[fact].pop("default", None)
    return {**problem, "properties": {**typed, **problem["properties"]}}
