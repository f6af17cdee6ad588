"""Posting the grants of an approved settlement: a job that posts a portion of the people in each step.

A step locks the settlement, posts the next portion and stores how far it came, in one transaction. So a step that is
interrupted or repeated posts no grant twice. The ledger also refuses a second grant for the same project and person.
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
from foundation import audit, inbox
from foundation.errors import NotFound
from foundation.inbox import News
from foundation.jobs import Progress, Result, Work
from models.ledger import SourceKind
from models.notices import NoticeTopic
from models.people import Unit
from models.projects import Project, ProjectStatus
from models.settlements import Settlement, SettlementLine, SettlementStatus

PEOPLE_A_STEP = 4000  # takes at most a tenth of a second, during which SQLite has no other writer


def post_grants(work: Work, most: int = PEOPLE_A_STEP) -> Generator[Progress, None, Result]:
    """Run the job: post the remaining grants, then settle the project. most: people a step."""
    settlement_id = work.job.subject_id
    if settlement_id is None:
        raise NotFound
    while (progress := post_some(work.db, settlement_id=settlement_id, now=work.clock.now(), most=most)) is not None:
        yield progress
    return None


def post_some(db: Session, *, settlement_id: uuid.UUID, now: datetime, most: int) -> Progress | None:
    """Post the grants of the next portion and return the progress; the last portion settles the project.

    Returns None where no grants are left to post. most: people in a portion.
    """
    settlement = _locked(db, settlement_id)
    if settlement.status is not SettlementStatus.APPROVED:
        return None
    ends = db.scalars(_lines_to_post(settlement, SettlementLine.person_id).offset(most - 1).limit(2)).all()
    last_person_id = ends[0] if len(ends) > 1 else None  # None in the last step
    post_selected(db, shared=_shared_fields(db, settlement), rows=_next_grants(settlement, last_person_id))
    if last_person_id is not None:
        settlement.granted += most
        settlement.granted_up_to = last_person_id
    else:
        settlement.granted = settlement.to_grant
        _settle(db, settlement, now)
    db.flush()
    return Progress(settlement.granted, settlement.to_grant)


def _locked(db: Session, settlement_id: uuid.UUID) -> Settlement:
    """Lock the project and then the settlement, in the order used everywhere, and return the settlement."""
    project_id = select(Settlement.project_id).where(Settlement.id == settlement_id).scalar_subquery()
    db.execute(select(Project.id).where(Project.id == project_id).with_for_update())
    wanted = select(Settlement).where(Settlement.id == settlement_id).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).one()


def _lines_to_post(settlement: Settlement, *columns: Any) -> Select[Any]:
    """Select the lines whose grants are not posted yet, in order of person ids."""
    wanted = select(*columns).where(
        SettlementLine.settlement_id == settlement.id, SettlementLine.rule_code.is_not(None)
    )
    if settlement.granted_up_to is not None:
        wanted = wanted.where(SettlementLine.person_id > settlement.granted_up_to)
    return wanted.order_by(SettlementLine.person_id)


def _next_grants(settlement: Settlement, last_person_id: uuid.UUID | None) -> Select[Any]:
    """Select the fields that differ between grants, for the ledger.

    last_person_id: the last person of the portion, None for all remaining people.
    """
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
    wanted = _lines_to_post(settlement, *columns)
    return wanted if last_person_id is None else wanted.where(line.person_id <= last_person_id)


def _shared_fields(db: Session, settlement: Settlement) -> SharedFields:
    project, unit_name = db.execute(
        select(Project, Unit.name).join(Unit, Unit.id == Project.unit_id).where(Project.id == settlement.project_id)
    ).one()
    assert settlement.reviewed_at is not None  # noqa: S101 - an approved settlement was reviewed
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
        granted_at=settlement.reviewed_at,  # the same in every step, so that a retried step posts the same rows
        actor_id=settlement.reviewed_by,
    )


def _rule_codes(settlement: Settlement) -> Select[str | None]:
    of_settlement = SettlementLine.settlement_id == settlement.id
    return select(SettlementLine.rule_code).where(of_settlement, SettlementLine.rule_code.is_not(None)).distinct()


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
    on_list = select(SettlementLine.person_id).where(SettlementLine.settlement_id == settlement.id)
    news = News(NoticeTopic.SETTLED, now, settlement.project_id, settlement_id=settlement.id)
    inbox.tell_all(db, on_list, news)
