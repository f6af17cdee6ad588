"""Posting the grants of an approved settlement: a job, some people a step, whose steps may be cut off or doubled.

A step locks the settlement, posts who comes next and moves on past them in one transaction: so it is done or not done.
Should all of that ever fail, the ledger itself holds no grant of a project and a person twice.
"""

import uuid
from collections.abc import Generator
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from attendance.projects.transitions import take_settlement_step
from credit.ledger.bulk_posting import SharedFields, post_selected
from foundation import audit
from foundation.errors import NotFound
from foundation.jobs import Progress, Result, Work
from models.ledger import SourceKind
from models.people import Unit
from models.projects import Project, ProjectStatus
from models.settlements import Settlement, SettlementLine, SettlementStatus

PEOPLE_A_STEP = 4000  # a tenth of a second or less, for which nobody else writes to SQLite


def post_grants(work: Work, most: int = PEOPLE_A_STEP) -> Generator[Progress, None, Result]:
    """Do the job: post what is left, then settle the project. most: people a step."""
    settlement_id = work.job.subject_id
    if settlement_id is None:
        raise NotFound
    while (progress := post_some(work.db, settlement_id=settlement_id, now=work.clock.now(), most=most)) is not None:
        yield progress
    return None


def post_some(db: Session, *, settlement_id: uuid.UUID, now: datetime, most: int) -> Progress | None:
    """Post the grants of the next people; with the last of them the project is settled. None where nothing is left."""
    settlement = _locked(db, settlement_id)
    if settlement.status is not SettlementStatus.APPROVED:
        return None
    ends = db.scalars(_left(settlement, SettlementLine.person_id).offset(most - 1).limit(2)).all()
    upto = ends[0] if len(ends) > 1 else None  # None where this step is the last one
    post_selected(db, shared=_alike(db, settlement), rows=_next_grants(settlement, upto))
    if upto is not None:
        settlement.granted += most
        settlement.granted_up_to = upto
    else:
        settlement.granted = settlement.to_grant
        _settle(db, settlement, now)
    db.flush()
    return Progress(settlement.granted, settlement.to_grant)


def _locked(db: Session, settlement_id: uuid.UUID) -> Settlement:
    """Return the project first, the settlement after it, as everybody locks them."""
    project_id = select(Settlement.project_id).where(Settlement.id == settlement_id).scalar_subquery()
    db.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    wanted = select(Settlement).where(Settlement.id == settlement_id).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).one()


def _left(settlement: Settlement, *columns: Any) -> Select[Any]:
    """Return the lines whose grants are still to be posted, in order of persons."""
    wanted = select(*columns).where(
        SettlementLine.settlement_id == settlement.id, SettlementLine.rule_code.is_not(None)
    )
    if settlement.granted_up_to is not None:
        wanted = wanted.where(SettlementLine.person_id > settlement.granted_up_to)
    return wanted.order_by(SettlementLine.person_id)


def _next_grants(settlement: Settlement, upto: uuid.UUID | None) -> Select[Any]:
    """Return what differs from grant to grant, as the ledger wants it; up to a person, or of all that are left."""
    line = SettlementLine
    columns = (
        line.entry_id.label("id"),
        line.person_id,
        line.role.label("source_role"),
        line.generation,
        line.rule_code,
        line.credits,
        line.counted,
        line.hours,
    )
    wanted = _left(settlement, *columns)
    return wanted if upto is None else wanted.where(line.person_id <= upto)


def _alike(db: Session, settlement: Settlement) -> SharedFields:
    project, unit_name = db.execute(
        select(Project, Unit.name).join(Unit, Unit.id == Project.unit_id).where(Project.id == settlement.project_id)
    ).one()
    assert settlement.reviewed_at is not None  # noqa: S101 - it is approved
    return SharedFields(
        source_kind=SourceKind.PROJECT,
        source_id=project.id,
        category=project.category,
        rule_codes=frozenset(db.scalars(_rule_codes(settlement))),
        rule_set=settlement.rule_set,
        rule_set_version=settlement.rule_set_version,
        activity_on=project.ends_on,
        activity_name=project.name,
        activity_number=project.number,
        delivery_mode=project.delivery_mode,
        discipline=project.discipline,
        recorded_by_unit=unit_name,
        granted_at=settlement.reviewed_at,  # whichever step posts it: the same rows come of any course of events
        actor_id=settlement.reviewed_by,
    )


def _rule_codes(settlement: Settlement) -> Select[str | None]:
    of_it = SettlementLine.settlement_id == settlement.id
    return select(SettlementLine.rule_code).where(of_it, SettlementLine.rule_code.is_not(None)).distinct()


def _settle(db: Session, settlement: Settlement, now: datetime) -> None:
    settlement.status, settlement.settled_at = SettlementStatus.SETTLED, now
    take_settlement_step(
        db,
        project_id=settlement.project_id,
        to=ProjectStatus.SETTLED,
        reason=None,
        actor_id=settlement.reviewed_by,
        now=now,
    )
    total = db.scalar(
        select(func.sum(SettlementLine.counted)).where(SettlementLine.settlement_id == settlement.id)
    ) or Decimal(0)
    before = {"status": SettlementStatus.APPROVED.value}
    after = {
        "status": settlement.status.value,
        "granted": settlement.granted,
        "skipped": settlement.skipped,
        "credits": str(total),
    }
    actor, reason = settlement.reviewed_by, settlement.comment or None
    audit.record(db, actor, now, "settlement.settled", settlement, reason=reason, before=before, after=after)
