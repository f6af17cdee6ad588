"""How the people of a roster took part. People whose facts are all equal form one case, which is judged once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from attendance.evaluations.responses import select_respondents
from attendance.exams.chances import Chances
from attendance.exams.exams import select_passed
from attendance.record.facts import NO_RECORD, join_record, select_check_ins, select_marks
from credit.ledger.bulk_posting import select_generations
from credit.ledger.causes import select_barred
from models.ledger import SourceKind
from models.projects import RosterEntry, RosterRole
from models.settlements import TaughtHours


@dataclass(frozen=True)
class AttendanceCase:
    """The facts that decide what a person gets. record: a learner's attendance record; taught: a speaker's hours."""

    is_learner: bool
    is_speaker: bool
    record: str
    has_evaluated: bool
    has_passed: bool
    taught: Decimal | None
    is_granted: bool
    is_barred: bool
    """Their grant was taken back for misconduct, and the authority has not lifted that."""
    can_pass: bool
    """They can still pass the exam: an attempt is open, or they have another one before it closes."""
    is_granted_elsewhere: bool


CASE_COLUMNS = tuple(each.name for each in fields(AttendanceCase))
"""The columns of `select_participation` that make a case."""


def select_roster(project_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select the people of a roster."""
    return select(RosterEntry.person_id).where(RosterEntry.project_id == project_id)


def select_participation(
    project_id: uuid.UUID,
    session_ids: Sequence[uuid.UUID],
    granted_elsewhere: Sequence[Select[uuid.UUID]],
    chances: Chances,
) -> Select[Any]:
    """Select how the people of a roster took part: a row a person, with `person_id`, `generation` and the CASE_COLUMNS.

    generation: the number of the person's next grant from this project; it is above 1 after a reversal.
    granted_elsewhere: select the people who have this activity from elsewhere. chances: of the project's exam.
    """
    roster = (
        select(
            RosterEntry.person_id,
            _has(RosterRole.LEARNER).label("is_learner"),
            _has(RosterRole.SPEAKER).label("is_speaker"),
        )
        .where(RosterEntry.project_id == project_id)
        .group_by(RosterEntry.person_id)
        .subquery("roster")
    )
    check_ins = select_check_ins(session_ids).subquery("check_ins")
    marks = select_marks(session_ids).subquery("marks")
    grants = select_generations(source_kind=SourceKind.PROJECT, source_id=project_id).subquery("grants")
    person_id = roster.c.person_id
    columns = {
        "is_learner": roster.c.is_learner,
        "is_speaker": roster.c.is_speaker,
        "record": case((roster.c.is_learner, join_record(check_ins.c.record, marks.c.record)), else_=NO_RECORD),
        "has_evaluated": person_id.in_(select_respondents(project_id)),
        "has_passed": person_id.in_(select_passed(project_id)),
        "taught": TaughtHours.hours,
        "is_granted": func.coalesce(grants.c.live, 0) > 0,
        "is_barred": person_id.in_(select_barred(source_kind=SourceKind.PROJECT, source_id=project_id)),
        "can_pass": chances.can_pass(person_id),
        "is_granted_elsewhere": or_(false(), *(person_id.in_(each) for each in granted_elsewhere)),
    }
    return (
        select(
            person_id.label("person_id"),
            (func.coalesce(grants.c.generation, 0) + 1).label("generation"),
            *(columns[name].label(name) for name in CASE_COLUMNS),
        )
        .select_from(roster)
        .outerjoin(check_ins, check_ins.c.person_id == person_id)
        .outerjoin(marks, marks.c.person_id == person_id)
        .outerjoin(grants, grants.c.person_id == person_id)
        .outerjoin(TaughtHours, (TaughtHours.project_id == project_id) & (TaughtHours.person_id == person_id))
    )


def _has(role: RosterRole) -> ColumnElement[bool]:
    return func.max(case((RosterEntry.role == role, 1), else_=0)) == 1
