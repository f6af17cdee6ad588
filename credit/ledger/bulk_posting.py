"""Posting many grants of one activity that the database holds already, without moving them through this process.

A settlement of thousands of people is one statement a step: their lines become ledger entries where they lie.
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
    """What grants of one activity have in common. rule_codes: the rules that any of them go by."""

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
    """Return who was ever granted something by a source: the newest generation, and how many grants stand (0 or 1)."""
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
    """Post grants that the database holds already, without moving them through this process; gives how many.

    rows: selects VARIED, each person once. In order of persons, and leaving out those that are there already. Raises
    NoRule, NoRuleSet where `alike` or one of its rules can't be traced; a database error for a correction of what was
    not taken back.
    """
    found = rows.subquery()
    classes = {
        class_of(db, shared.rule_set, shared.rule_set_version, shared.category, code) for code in shared.rule_codes
    }
    take_turn(db)
    table = LedgerEntry.__table__.c
    constant = dict(vars(shared)) | {"kind": EntryKind.GRANT, "credit_class": next(iter(classes), None)}
    del constant["rule_codes"]
    # Counted by its unique index for each row: as NOT EXISTS, PostgreSQL joins all grants of the source with all rows.
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
