"""Taking grants of a settled project back, and opening it again so that corrected ones may follow."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import audit
from accounts.callers import Caller
from accounts.errors import Forbidden
from attendance.access import reach_project
from attendance.errors import TransitionNotAllowed
from attendance.project_life import take_settlement_step
from attendance.project_states import Actor
from attendance.settlement_lists import SOURCE
from attendance.settlements import get_settlement
from credit import ledger
from models.people import Person
from models.projects import Project, ProjectStatus
from models.settlements import Settlement


@dataclass(frozen=True)
class Reversed:
    """reversed: how many grants were taken back; not_granted: numbers that had none to take back."""

    reversed: int
    not_granted: tuple[str, ...]


def reverse(
    db: Session, *, settlement_id: uuid.UUID, cme_numbers: Sequence[str], reason: str, caller: Caller, now: datetime
) -> Reversed:
    """Take back, whole, what these people have from the settlement's project. Nobody's grant is taken back twice.

    Raises NotFound; Forbidden for all but the reviewing unit.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    project = _reviewed_project(db, settlement, caller)
    numbers = dict(
        db.execute(select(Person.id, Person.cme_number).where(Person.cme_number.in_(list(set(cme_numbers))))).all()
    )
    ledger.take_turn(db)  # from here on nobody else posts: what is live stays so until we are done
    live = ledger.live_grants(db, source_kind=SOURCE, source_ids=[project.id])
    grants = [grant for grant in live if grant.person_id in numbers]
    if grants:
        ledger.reverse(db, grants=grants, reason=reason, now=now, actor_id=caller.person_id)
        _record(db, settlement, "settlement.reversed", reason, caller, now, [str(grant.id) for grant in grants])
    taken = {numbers[grant.person_id] for grant in grants}
    return Reversed(len(grants), tuple(number for number in dict.fromkeys(cme_numbers) if number not in taken))


def reopen(db: Session, *, settlement_id: uuid.UUID, reason: str, caller: Caller, now: datetime) -> Project:
    """Open a settled project again: its record may be corrected, and settled anew for who has no grant.

    Raises NotFound; Forbidden for all but the reviewing unit; TransitionNotAllowed unless it is settled.
    """
    settlement = get_settlement(db, settlement_id=settlement_id, caller=caller)
    if _reviewed_project(db, settlement, caller).status is not ProjectStatus.SETTLED:
        raise TransitionNotAllowed
    return take_settlement_step(
        db,
        project_id=settlement.project_id,
        to=ProjectStatus.ENDED,
        reason=reason,
        actor_id=caller.person_id,
        now=now,
    )


def _reviewed_project(db: Session, settlement: Settlement, caller: Caller) -> Project:
    reached = reach_project(db, project_id=settlement.project_id, caller=caller, is_locked=True)
    if Actor.REVIEWER not in reached.actors:
        raise Forbidden
    return reached.project


def _record(
    db: Session,
    settlement: Settlement,
    action: str,
    reason: str,
    caller: Caller,
    now: datetime,
    grants: list[str],
) -> None:
    audit.record(
        db,
        now=now,
        actor_id=caller.person_id,
        action=action,
        subject_kind="settlement",
        subject_id=settlement.id,
        reason=reason,
        before={"grants": grants},
        after={"grants": []},
    )
