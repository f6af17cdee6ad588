"""How everybody of a roster took part, put together by the database; people who took part alike are one case."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from attendance.evaluations.responses import select_respondents
from attendance.exams.exams import select_passed
from attendance.record.facts import NO_RECORD, join_record, select_check_ins, select_marks
from credit.ledger.bulk_posting import select_generations
from models.ledger import SourceKind
from models.projects import RosterEntry, RosterRole
from models.settlements import TaughtHours


@dataclass(frozen=True)
class Case:
    """How some people took part, all of them alike. record: of a learner's attendance; taught: a speaker's hours."""

    is_learner: bool
    is_speaker: bool
    record: str
    has_evaluated: bool
    has_passed: bool
    taught: Decimal | None
    is_granted: bool


CASE = tuple(each.name for each in fields(Case))
"""The columns of `select_parts` that make a case."""


def select_parts(project_id: uuid.UUID, session_ids: Sequence[uuid.UUID]) -> Select[Any]:
    """Return how everybody of the roster took part: a row a person, with `person_id`, `generation`, and the columns of
    CASE.

    generation: of the grant they would have now, above 1 after one was taken back.
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
    who = roster.c.person_id
    columns = {
        "is_learner": roster.c.is_learner,
        "is_speaker": roster.c.is_speaker,
        "record": case((roster.c.is_learner, join_record(check_ins.c.record, marks.c.record)), else_=NO_RECORD),
        "has_evaluated": who.in_(select_respondents(project_id)),
        "has_passed": who.in_(select_passed(project_id)),
        "taught": TaughtHours.hours,
        "is_granted": func.coalesce(grants.c.standing, 0) > 0,
    }
    return (
        select(
            who.label("person_id"),
            (func.coalesce(grants.c.generation, 0) + 1).label("generation"),
            *(columns[name].label(name) for name in CASE),
        )
        .select_from(roster)
        .outerjoin(check_ins, check_ins.c.person_id == who)
        .outerjoin(marks, marks.c.person_id == who)
        .outerjoin(grants, grants.c.person_id == who)
        .outerjoin(TaughtHours, (TaughtHours.project_id == project_id) & (TaughtHours.person_id == who))
    )


def _has(role: RosterRole) -> ColumnElement[bool]:
    return func.max(case((RosterEntry.role == role, 1), else_=0)) == 1
