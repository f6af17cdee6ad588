"""Storing the lines of a settlement. The database joins people and verdicts; Python judges each case once.

The work uses two temporary tables: how each person took part, and the verdict of each case. So memory grows with the
number of cases, which is small, and not with the number of people.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

from attendance.record.open_duties import Duty
from attendance.settlement.cases import CASE_COLUMNS, AttendanceCase
from attendance.settlement.lists import CaseResult, Judge
from attendance.settlement.rules import Note, withheld
from models.amounts import CreditAmount, HourAmount
from models.base import words
from models.fresh_ids import fresh_id
from models.ledger import SourceRole
from models.settlements import SettlementLine


@dataclass(frozen=True)
class Counts:
    """How many people get credits (granted) and how many get none (skipped).

    still_may: how many of those without credits can still meet all conditions; owed: how many of them owe each duty.
    """

    granted: int
    skipped: int
    still_may: int = 0
    owed: Mapping[Duty, int] = field(default_factory=dict)


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
        Column("is_barred", Boolean, nullable=False),
        Column("can_pass", Boolean, nullable=False),
        Column("is_granted_elsewhere", Boolean, nullable=False),
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


def write_lines(db: Session, *, settlement_id: uuid.UUID, judge: Judge, note: Note | None) -> Counts:
    """Store a line for each person of the roster and return the counts. The settlement is in the database already.

    note: is added to the reasons of people who can still meet the conditions. Participation is read by one statement,
    so that a change made meanwhile is seen either whole or not at all.
    """
    _TEMPORARY.create_all(db.connection(), checkfirst=False)
    _store_participation(db, judge)
    counts = _judge(db, judge, note)
    _insert_lines(db, settlement_id)
    _TEMPORARY.drop_all(db.connection(), checkfirst=False)  # after an exception the rollback drops them
    return counts


def _store_participation(db: Session, judge: Judge) -> None:
    selected = judge.participation
    db.execute(insert(_PARTICIPATION).from_select(selected.selected_columns.keys(), selected))


def tally(db: Session, judge: Judge) -> Counts:
    """Return the counts of the list that would be written now, without writing it."""
    return _count(list(_results(db, judge, judge.participation.subquery("participation").c)))


def _judge(db: Session, judge: Judge, note: Note | None) -> Counts:
    results = list(_results(db, judge, _PARTICIPATION.c))
    if note is Note.STILL_OPEN:
        results = [(people, case, _withheld(result)) for people, case, result in results]
    if results:
        db.execute(insert(_VERDICTS), [_row(case, result, note) for _, case, result in results])
    return _count(results)


def _withheld(result: CaseResult) -> CaseResult:
    """Return the result of people for whom the settlement waits, who get nothing yet, also not as speakers."""
    return replace(result, verdict=withheld(result.still_may)) if result.still_may else result


def _results(db: Session, judge: Judge, columns: Any) -> Iterator[tuple[int, AttendanceCase, CaseResult]]:
    """Return each case with its result and how many people have it."""
    of_case = [columns[name] for name in CASE_COLUMNS]
    for people, *values in db.execute(select(func.count(), *of_case).group_by(*of_case)):
        case = AttendanceCase(*values)
        yield people, case, judge.judge(case)


def _count(results: Sequence[tuple[int, AttendanceCase, CaseResult]]) -> Counts:
    granted = sum(people for people, _, result in results if result.verdict.award is not None)
    still_may = [(people, result.still_may) for people, _, result in results if result.still_may]
    owed = {duty: sum(people for people, duties in still_may if duty in duties) for duty in Duty}
    everybody = sum(people for people, _, _ in results)
    return Counts(granted, everybody - granted, sum(people for people, _ in still_may), owed)


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


def _row(case: AttendanceCase, result: CaseResult, note: Note | None) -> dict[str, object]:
    award, shown = result.verdict.award, result.share.shown_counted
    notes = [note] if note is not None and result.still_may else []
    return {
        **vars(case),
        "role": result.verdict.role,
        "rule_code": award.rule_code if award else None,
        "credits": award.credits if award else None,
        "counted": award.counted if award else None,
        "hours": result.verdict.hours,
        "reasons": [*result.verdict.reasons, *notes],
        "attended": int(shown),
        "attended_hundredths": int(shown * 100) % 100,
        "required": result.share.required,
    }
