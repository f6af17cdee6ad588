"""Names with letters that no font has: a task for the unit's admin, and what the person is told."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from credit.access import CREDIT_ADMINS
from credit.certificates.printing import letters_fact
from foundation import inbox
from foundation.callers import Caller
from foundation.inbox import News
from foundation.transactions import insert_or_none
from models.accounts import Account
from models.base import new_id
from models.certificates import CertificateNameTask
from models.notices import NoticeTopic
from models.people import Person, Role, RoleGrant, Unit

_HEX = 33  # characters of one unit in a path, with its slash


def open_task(db: Session, *, person_id: uuid.UUID, letters: Sequence[str], now: datetime) -> None:
    """Open the task of a person's name, once, and tell the person and the nearest admins of the unit."""
    facts = letters_fact(letters)
    made = insert_or_none(
        db, CertificateNameTask, id=new_id(), person_id=person_id, letters=list(letters), opened_at=now, solved_at=None
    )
    if made is None:
        return
    told = {"letters": "、".join(facts["letters"])}
    inbox.tell(db, [person_id], News(NoticeTopic.CERTIFICATE_WAITS, now, facts=told))
    admins = _admins_of(db, person_id)
    inbox.tell(db, admins, News(NoticeTopic.CERTIFICATE_LETTERS, now, facts=told, once=f"letters {made.id}"))


def close_task(db: Session, *, person_id: uuid.UUID, now: datetime) -> None:
    """Close the task of a person's name, once a certificate could be printed."""
    db.execute(
        update(CertificateNameTask)
        .where(CertificateNameTask.person_id == person_id, CertificateNameTask.solved_at.is_(None))
        .values(solved_at=now)
        .execution_options(synchronize_session=False)
    )


def list_tasks(db: Session, *, caller: Caller, after: uuid.UUID | None, limit: int) -> Sequence[CertificateNameTask]:
    """Return the open tasks of people within the caller's reach, oldest first."""
    reached = or_(*(Unit.path.startswith(path, autoescape=True) for path in caller.scopes(CREDIT_ADMINS)))
    wanted = (
        select(CertificateNameTask)
        .join(Person, Person.id == CertificateNameTask.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(CertificateNameTask.solved_at.is_(None), reached)
    )
    if after is not None:
        wanted = wanted.where(CertificateNameTask.id > after)
    return db.scalars(wanted.order_by(CertificateNameTask.id).limit(limit)).all()


def _admins_of(db: Session, person_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the admins of the nearest unit above a person that has some."""
    path = db.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person_id)) or ""
    above = [path[:end] for end in range(_HEX, len(path) + 1, _HEX)]
    rows = db.execute(
        select(Unit.path, RoleGrant.person_id)
        .join(RoleGrant, RoleGrant.unit_id == Unit.id)
        .join(Account, Account.person_id == RoleGrant.person_id)
        .where(Unit.path.in_(above), RoleGrant.role == Role.UNIT_ADMIN, Account.suspended_at.is_(None))
    ).all()
    nearest = max((row.path for row in rows), key=len, default="")
    return [row.person_id for row in rows if row.path == nearest]
