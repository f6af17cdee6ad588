"""Writing the list of a settlement down where its people are: each case is judged once, and no person passes here.

In two tables of this transaction's own: how each person took part, and what each case comes to. So memory grows with
the cases, of which there are few, and not with the people.
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

from attendance.settlement.cases import CASE, Case
from attendance.settlement.lists import Judge, Judged
from models.amounts import CreditAmount, HourAmount
from models.base import words
from models.fresh_ids import fresh_id
from models.ledger import SourceRole
from models.settlements import SettlementLine


@dataclass(frozen=True)
class Counts:
    """How many people get something, and how many don't."""

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


_PARTS = Table(
    "settlement_part",
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
    Column("required", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


def write_lines(db: Session, *, settlement_id: uuid.UUID, judge: Judge) -> Counts:
    """Write down what everybody gets by a settlement that is in the database, and how many get something.

    How people took part is read once, and kept for this transaction: what is changed meanwhile comes in whole or not.
    """
    _TEMPORARY.create_all(db.connection(), checkfirst=False)
    _take_parts(db, judge)
    counts = _judge(db, judge)
    _insert_lines(db, settlement_id)
    _TEMPORARY.drop_all(db.connection(), checkfirst=False)  # where this isn't reached, the rollback drops them
    return counts


def _take_parts(db: Session, judge: Judge) -> None:
    parts = judge.parts
    db.execute(insert(_PARTS).from_select(parts.selected_columns.keys(), parts))


def _judge(db: Session, judge: Judge) -> Counts:
    columns = [_PARTS.c[name] for name in CASE]
    granted = skipped = 0
    verdicts = []
    for people, *columns_of_case in db.execute(select(func.count(), *columns).group_by(*columns)):
        case = Case(*columns_of_case)
        judged = judge.judge(case)
        verdicts.append(_row(case, judged))
        if judged.verdict.award is None:
            skipped += people
        else:
            granted += people
    if verdicts:
        db.execute(insert(_VERDICTS), verdicts)
    return Counts(granted, skipped)


def _insert_lines(db: Session, settlement_id: uuid.UUID) -> None:
    alike = (_PARTS.c[name] == _VERDICTS.c[name] for name in CASE if name != "taught")
    as_long = _PARTS.c.taught.is_not_distinct_from(_VERDICTS.c.taught)
    lines = (
        select(
            literal(settlement_id, Uuid).label("settlement_id"),
            _PARTS.c.person_id,
            fresh_id().label("entry_id"),
            _PARTS.c.generation,
            *(column for column in _VERDICTS.c if column.name not in CASE),
        )
        .join_from(_PARTS, _VERDICTS, and_(*alike, as_long))
        .order_by(_PARTS.c.person_id)  # as the grants will be posted
    )
    db.execute(insert(SettlementLine).from_select(lines.selected_columns.keys(), lines, include_defaults=False))


def _row(case: Case, judged: Judged) -> dict[str, object]:
    award = judged.verdict.award
    return {
        **vars(case),
        "role": judged.verdict.role,
        "rule_code": award.rule_code if award else None,
        "credits": award.credits if award else None,
        "counted": award.counted if award else None,
        "hours": judged.verdict.hours,
        "reasons": list(judged.verdict.reasons),
        "attended": judged.share.counted,
        "required": judged.share.required,
    }
