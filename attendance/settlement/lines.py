"""Storing the lines of a settlement. The database joins people and verdicts; Python judges each case once.

The work uses two temporary tables: how each person took part, and the verdict of each case. So memory grows with the
number of cases, which is small, and not with the number of people.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    Uuid,
    and_,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Session

from attendance.settlement.cases import CASE_COLUMNS, AttendanceCase
from attendance.settlement.lists import CaseResult, Judge
from models.amounts import CreditAmount, HourAmount
from models.base import words
from models.fresh_ids import fresh_id
from models.ledger import SourceRole
from models.settlements import SettlementLine


@dataclass(frozen=True)
class Counts:
    """How many people get credits (granted) and how many get none (skipped)."""

    granted: int
    skipped: int


_TEMPORARY = MetaData()


def _case_columns() -> list[Column[Any]]:
    return [
        Column("is_learner", Boolean, nullable=False),
        Column("is_speaker", Boolean, nullable=False),
        Column("record", String, nullable=False),
        Column("has_evaluated", Boolean, nullable=False),
        Column("has_passed", Boolean, nullable=False),
        Column("taught", HourAmount),
        Column("is_granted", Boolean, nullable=False),
    ]


_PARTICIPATION = Table(
    "settlement_participation",
    _TEMPORARY,
    Column("person_id", Uuid, nullable=False),
    Column("generation", Integer, nullable=False),
    *_case_columns(),
    prefixes=["TEMPORARY"],
)
_VERDICTS = Table(
    "settlement_verdict",
    _TEMPORARY,
    *_case_columns(),
    Column("role", words(SourceRole), nullable=False),
    Column("rule_code", String),
    Column("credits", CreditAmount),
    Column("counted", CreditAmount),
    Column("hours", HourAmount),
    Column("reasons", JSON, nullable=False),
    Column("attended", Integer, nullable=False),
    Column("attended_hundredths", Integer, nullable=False),
    Column("required", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


def write_lines(db: Session, *, settlement_id: uuid.UUID, judge: Judge) -> Counts:
    """Store a line for each person of the roster and return the counts. The settlement is in the database already.

    Participation is read by one statement, so that a change made meanwhile is seen either whole or not at all.
    """
    _TEMPORARY.create_all(db.connection(), checkfirst=False)
    _store_participation(db, judge)
    counts = _judge(db, judge)
    _insert_lines(db, settlement_id)
    _TEMPORARY.drop_all(db.connection(), checkfirst=False)  # after an exception the rollback drops them
    return counts


def _store_participation(db: Session, judge: Judge) -> None:
    selected = judge.participation
    db.execute(insert(_PARTICIPATION).from_select(selected.selected_columns.keys(), selected))


def _judge(db: Session, judge: Judge) -> Counts:
    columns = [_PARTICIPATION.c[name] for name in CASE_COLUMNS]
    granted = skipped = 0
    verdicts = []
    for people, *columns_of_case in db.execute(select(func.count(), *columns).group_by(*columns)):
        case = AttendanceCase(*columns_of_case)
        result = judge.judge(case)
        verdicts.append(_row(case, result))
        if result.verdict.award is None:
            skipped += people
        else:
            granted += people
    if verdicts:
        db.execute(insert(_VERDICTS), verdicts)
    return Counts(granted, skipped)


def _insert_lines(db: Session, settlement_id: uuid.UUID) -> None:
    same_facts = (_PARTICIPATION.c[name] == _VERDICTS.c[name] for name in CASE_COLUMNS if name != "taught")
    same_hours = _PARTICIPATION.c.taught.is_not_distinct_from(_VERDICTS.c.taught)
    lines = (
        select(
            literal(settlement_id, Uuid).label("settlement_id"),
            _PARTICIPATION.c.person_id,
            fresh_id().label("entry_id"),
            _PARTICIPATION.c.generation,
            *(column for column in _VERDICTS.c if column.name not in CASE_COLUMNS),
        )
        .join_from(_PARTICIPATION, _VERDICTS, and_(*same_facts, same_hours))
        .order_by(_PARTICIPATION.c.person_id)  # in the order in which the grants will be posted
    )
    db.execute(insert(SettlementLine).from_select(lines.selected_columns.keys(), lines, include_defaults=False))


def _row(case: AttendanceCase, result: CaseResult) -> dict[str, object]:
    award, shown = result.verdict.award, result.share.shown_counted
    return {
        **vars(case),
        "role": result.verdict.role,
        "rule_code": award.rule_code if award else None,
        "credits": award.credits if award else None,
        "counted": award.counted if award else None,
        "hours": result.verdict.hours,
        "reasons": list(result.verdict.reasons),
        "attended": int(shown),
        "attended_hundredths": int(shown * 100) % 100,
        "required": result.share.required,
    }
