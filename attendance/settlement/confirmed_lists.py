"""Confirmed settlements and their lines, as they were stored at the confirmation."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from accounts.people.name_search import holds_name
from attendance.projects.sight import within_reach
from attendance.settlement.settlements import ReadableSettlement
from foundation.callers import Caller
from foundation.listing import holds
from models.people import Person, Unit
from models.projects import Project
from models.settlements import Settlement, SettlementLine, SettlementStatus

_BATCH = 1000


@dataclass(frozen=True)
class ListedSettlement:
    """A settlement with its project. unit: the name of the project's unit."""

    settlement: Settlement
    project: Project
    unit: str


@dataclass(frozen=True)
class ConfirmedLine:
    """The stored line of a person, with their number and name. unit: the name of their unit."""

    line: SettlementLine
    cme_number: str | None
    name: str
    unit: str

    @property
    def attended(self) -> Decimal:
        """Return the sessions attended, in steps of 0.01."""
        whole, hundredths = Decimal(self.line.attended), self.line.attended_hundredths
        return whole + Decimal(hundredths).scaleb(-2) if hundredths else whole


def list_settlements(
    db: Session,
    *,
    caller: Caller,
    status: SettlementStatus | None,
    text: str | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[ListedSettlement]:
    """Return the settlements of projects that the caller may read, newest first, after `after`.

    text: a part of the project's name or number; None for all.
    """
    with_project = select(Settlement, Project, Unit.name).join(Project, Project.id == Settlement.project_id)
    wanted = within_reach(with_project, caller).where(holds(text, Project.name, Project.number))
    if status is not None:
        wanted = wanted.where(Settlement.status == status)
    if after is not None:
        wanted = wanted.where(Settlement.id < after)
    found = db.execute(wanted.order_by(Settlement.id.desc()).limit(limit))
    return [ListedSettlement(settlement, project, unit) for settlement, project, unit in found]


@dataclass(frozen=True)
class ConfirmedSought:
    """Which lines: with credits (True), without (False), or all (None). text: a part of the name or 继教编号."""

    is_granted: bool | None = None
    text: str | None = None


def list_lines(
    db: Session, *, settlement: ReadableSettlement, sought: ConfirmedSought, after: uuid.UUID | None, limit: int
) -> list[ConfirmedLine]:
    """Return the lines of a settlement in order of person ids, beginning after the person `after`."""
    wanted = _lines(settlement.id).where(holds_name(sought.text))
    if sought.is_granted is not None:
        is_empty = SettlementLine.credits.is_(None)
        wanted = wanted.where(~is_empty if sought.is_granted else is_empty)
    if after is not None:
        wanted = wanted.where(SettlementLine.person_id > after)
    return [ConfirmedLine(*row) for row in db.execute(wanted.order_by(SettlementLine.person_id).limit(limit))]


def whole_list(db: Session, *, settlement: ReadableSettlement) -> Iterator[ConfirmedLine]:
    """Return all lines in order of 继教编号. They are read in a stream, so that memory doesn't grow with them."""
    wanted = _lines(settlement.id).order_by(Person.cme_number, Person.id).execution_options(yield_per=_BATCH)
    return (ConfirmedLine(*row) for row in db.execute(wanted))


def _lines(settlement_id: uuid.UUID) -> Select[SettlementLine, str | None, str, str]:
    return (
        select(SettlementLine, Person.cme_number, Person.name, Unit.name)
        .join(Person, Person.id == SettlementLine.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(SettlementLine.settlement_id == settlement_id)
    )
