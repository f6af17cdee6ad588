"""Posts many grants of one activity from rows that are in the database, without loading them into Python.

A settlement of thousands of people takes one statement for each step: INSERT ... SELECT.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Select, case, func, insert, literal, select
from sqlalchemy.orm import Session

from credit.ledger.posting import class_of, next_position, take_turn
from models.ledger import EntryKind, LedgerEntry

VARIED = ("id", "person_id", "source_role", "generation", "rule_code", "credits", "counted", "hours")
"""What grants of one activity differ in."""


@dataclass(frozen=True, kw_only=True)
class SharedFields:
    """The columns that all grants of one activity share. rule_codes: the codes of all rules that they use."""

    source_kind: str
    source_id: uuid.UUID
    category: str
    rule_codes: frozenset[str]
    rule_set: str
    rule_set_version: int
    activity_on: date
    activity_name: str
    activity_number: str | None
    activity_type: str = "集体活动"
    delivery_mode: str
    discipline: str | None
    recorded_by_unit: str
    granted_at: datetime
    actor_id: uuid.UUID | None


def select_generations(*, source_kind: str, source_id: uuid.UUID) -> Select[uuid.UUID, int, int]:
    """Return a select of the people with grants of a source: newest generation, number of live grants (0 or 1)."""
    stands = case((LedgerEntry.kind == EntryKind.GRANT, 1), else_=-1)
    return (
        select(
            LedgerEntry.person_id,
            func.max(LedgerEntry.generation).label("generation"),
            func.sum(stands).label("live"),
        )
        .where(LedgerEntry.source_kind == source_kind, LedgerEntry.source_id == source_id)
        .group_by(LedgerEntry.person_id)
    )


def post_selected(db: Session, *, shared: SharedFields, rows: Select[Any]) -> int:
    """Post grants from rows that are in the database; return how many were posted.

    rows: selects VARIED, each person once. The grants are posted in the order of persons. Grants that exist already are
    left out. Raises NoRule, NoRuleSet if the rule set of `shared` or one of its rules does not exist; a database error
    for a correction whose earlier grant was not reversed.
    """
    found = rows.subquery()
    classes = {
        class_of(db, shared.rule_set, shared.rule_set_version, shared.category, code) for code in shared.rule_codes
    }
    take_turn(db)
    table = LedgerEntry.__table__.c
    constant = dict(vars(shared)) | {"kind": EntryKind.GRANT, "credit_class": next(iter(classes), None)}
    del constant["rule_codes"]
    # A count uses the unique index for each row. With NOT EXISTS, PostgreSQL joins all grants of the source.
    there = select(func.count()).where(
        *(table[name] == constant[name] for name in ("source_kind", "source_id", "kind")),
        *(table[name] == found.c[name] for name in ("person_id", "generation")),
    )
    place = func.row_number().over(order_by=found.c.person_id)
    chosen = select(
        (place + (next_position(db) - 1)).label("position"),
        *(found.c[name] for name in VARIED),
        *(literal(value, table[name].type).label(name) for name, value in constant.items()),
    )
    statement = insert(LedgerEntry).from_select(
        ["position", *VARIED, *constant],
        chosen.where(found.c.rule_code.in_(shared.rule_codes), there.scalar_subquery() == 0).order_by(
            found.c.person_id
        ),
        include_defaults=False,
    )
    return cast(CursorResult[Any], db.execute(statement)).rowcount
