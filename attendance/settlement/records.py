"""What was confirmed: the settlements within one's reach, and the lines of each as they were written down."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from attendance.projects.access import within_reach
from attendance.settlement.settlements import ReadableSettlement
from foundation.callers import Caller
from models.people import Person, Unit
from models.projects import Project
from models.settlements import Settlement, SettlementLine, SettlementStatus

_BATCH = 1000


@dataclass(frozen=True)
class SettlementRecord:
    """A settlement, and whose project it settles. unit: the name of who holds it."""

    settlement: Settlement
    project: Project
    unit: str


@dataclass(frozen=True)
class WrittenLine:
    """One person's line, and who that is. unit: its name."""

    line: SettlementLine
    cme_number: str | None
    name: str
    unit: str


def list_settlements(
    db: Session, *, caller: Caller, status: SettlementStatus | None, after: uuid.UUID | None, limit: int
) -> list[SettlementRecord]:
    """Return the settlements of projects within the caller's reach, the last confirmed first."""
    all_of_them = select(Settlement, Project, Unit.name).join(Project, Project.id == Settlement.project_id)
    wanted = within_reach(all_of_them, caller)
    if status is not None:
        wanted = wanted.where(Settlement.status == status)
    if after is not None:
        wanted = wanted.where(Settlement.id < after)
    found = db.execute(wanted.order_by(Settlement.id.desc()).limit(limit))
    return [SettlementRecord(settlement, project, unit) for settlement, project, unit in found]


def list_lines(
    db: Session, *, settlement: ReadableSettlement, is_granted: bool | None, after: uuid.UUID | None, limit: int
) -> list[WrittenLine]:
    """Return the lines of a settlement in order of the person's id. is_granted: only with credits, or only without."""
    wanted = _lines(settlement.id)
    if is_granted is not None:
        wanted = wanted.where(SettlementLine.credits.is_not(None) if is_granted else SettlementLine.credits.is_(None))
    if after is not None:
        wanted = wanted.where(SettlementLine.person_id > after)
    return [WrittenLine(*row) for row in db.execute(wanted.order_by(SettlementLine.person_id).limit(limit))]


def whole_list(db: Session, *, settlement: ReadableSettlement) -> Iterator[WrittenLine]:
    """Return all lines, in order of 继教编号, in memory that doesn't grow with them."""
    wanted = _lines(settlement.id).order_by(Person.cme_number, Person.id).execution_options(yield_per=_BATCH)
    return (WrittenLine(*row) for row in db.execute(wanted))


def _lines(settlement_id: uuid.UUID) -> Select[SettlementLine, str | None, str, str]:
    return (
        select(SettlementLine, Person.cme_number, Person.name, Unit.name)
        .join(Person, Person.id == SettlementLine.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(SettlementLine.settlement_id == settlement_id)
    )
