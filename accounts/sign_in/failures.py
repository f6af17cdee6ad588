"""The trail of failed sign-ins (PRIVACY L-18): its owner and the auditor read it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from accounts.sign_in.devices import Device
from foundation import audit, throttles
from foundation.callers import Caller
from foundation.errors import NotFound
from models.accounts import Account
from models.people import Person, Role, Unit
from models.sign_in_proofs import FailedSignIn, SignInFailure

MOST_A_DAY, _DAY = 200, timedelta(days=1)
"""Failures of an account that are kept each day: nobody fills the table. The rest are counted."""


@dataclass(frozen=True)
class Place:
    """The place of a failure in the list, newest first."""

    at: datetime
    id: uuid.UUID


def note(db: Session, account_id: uuid.UUID, device: Device, reason: SignInFailure, *, now: datetime) -> None:
    """Add a failed sign-in to the open transaction, without what was typed. Above MOST_A_DAY it only counts."""
    if throttles.count_event(db, _key(account_id), window=_DAY, now=now) <= MOST_A_DAY:
        db.add(FailedSignIn(account_id=account_id, at=now, device=device.words, reason=reason))
        person_id = db.get_one(Account, account_id).person_id
        told = {"reason": reason.value, "device": device.words}
        audit.record(db, None, now, "sign_in.fail", ("person", person_id), after=told)


def note_phone(db: Session, phone_hash: bytes, device: Device, *, now: datetime) -> None:
    """Add a wrong SMS code to the trail of the phone's owner, if somebody has this phone."""
    account_id = db.scalar(select(Account.id).join(Person).where(Person.phone_hash == phone_hash))
    if account_id is not None:
        note(db, account_id, device, SignInFailure.WRONG_CODE, now=now)


def left_out(db: Session, account_id: uuid.UUID, *, now: datetime) -> int:
    """Return how many failures of this day are counted and not kept."""
    return max(0, throttles.events(db, _key(account_id), window=_DAY, now=now) - MOST_A_DAY)


def list_newest(db: Session, account_id: uuid.UUID, *, after: Place | None, limit: int) -> Sequence[FailedSignIn]:
    """Return failed sign-ins of an account, newest first. after: the place of the last one of the page before."""
    wanted = select(FailedSignIn).where(FailedSignIn.account_id == account_id)
    if after is not None:
        wanted = wanted.where(tuple_(FailedSignIn.at, FailedSignIn.id) < tuple_(after.at, after.id))
    return db.scalars(wanted.order_by(FailedSignIn.at.desc(), FailedSignIn.id.desc()).limit(limit)).all()


def account_for_auditor(db: Session, *, person_id: uuid.UUID, caller: Caller, now: datetime) -> uuid.UUID:
    """Return the account whose failures an auditor reads, and write that look to the audit trail. Raises NotFound."""
    found = db.execute(
        select(Account.id, Unit.path)
        .join(Person, Person.id == Account.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id == person_id)
    ).first()
    if found is None or not caller.may((Role.AUDITOR,), found.path):
        raise NotFound
    audit.record(db, caller, now, "failed_sign_ins.read", ("person", person_id))
    account_id: uuid.UUID = found.id
    return account_id


def _key(account_id: uuid.UUID) -> str:
    return f"failed-sign-ins:{account_id}"
