"""One-time slips: an admin hands somebody a slip of paper, whose text opens the account once in place of the password.

The old password holds until the slip is used. Then the owner must set a new one, with the slip as the current password.
"""

import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from accounts.sign_in import devices, owner_locks, sign_ins
from foundation import audit
from foundation.sealing import FieldSeal
from models.accounts import Account, SignInEnd
from models.base import new_id
from models.sign_in_proofs import PasswordSlip

LIFETIME = timedelta(days=7)
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else on paper
_LENGTH, _GROUP = 12, 4  # 59 bits: nobody guesses it, so no limit of tries can bar it
_TEXT = re.compile(rf"[{_ALPHABET}]{{{_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class NewSlip:
    """A slip that was just made. text: to be written down and handed over; it is stored nowhere."""

    text: str
    expires_at: datetime


def make(db: Session, account_id: uuid.UUID, *, given_by: uuid.UUID | None, now: datetime, seal: FieldSeal) -> NewSlip:
    """Make a slip for an account, in place of any earlier one. given_by: None if it was made on the machine."""
    end_open(db, account_id, now=now)
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    slip = PasswordSlip(
        id=new_id(),
        account_id=account_id,
        slip_hash=_hash(seal, account_id, letters),
        given_by=given_by,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    db.add(slip)
    db.flush()
    groups = (letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))
    return NewSlip("-".join(groups), slip.expires_at)


def end_open(db: Session, account_id: uuid.UUID, *, now: datetime) -> None:
    """End the slip of an account that was not used, because a newer one or a reset takes its place."""
    of_account = PasswordSlip.account_id == account_id, PasswordSlip.ended_at.is_(None)
    db.execute(update(PasswordSlip).where(*of_account).values(ended_at=now))


def find(db: Session, account: Account, text: str, *, now: datetime, seal: FieldSeal) -> PasswordSlip | None:
    """Return the slip of this account with this text, if it can still be used. Other passwords cost no statement."""
    letters = _letters(text)
    if letters is None:
        return None
    of_account = PasswordSlip.account_id == account.id, PasswordSlip.ended_at.is_(None)
    slip = db.scalars(select(PasswordSlip).where(*of_account, PasswordSlip.expires_at > now)).first()
    if slip is None or not hmac.compare_digest(slip.slip_hash, _hash(seal, account.id, letters)):
        return None
    return slip


def use(db: Session, slip: PasswordSlip, account: Account, *, now: datetime) -> bool:
    """Use a slip up: retire the old password and end all sign-ins. Return False if somebody else used it first."""
    owner_locks.lock_owner(db, account)
    used = db.execute(
        update(PasswordSlip).where(PasswordSlip.id == slip.id, PasswordSlip.ended_at.is_(None)).values(ended_at=now)
    )
    if not cast(CursorResult[tuple[()]], used).rowcount:
        return False
    devices.forget(db, account.id)
    account.password_hash, account.must_change_password = None, True
    sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.PASSWORD_CHANGED, now=now)
    audit.record(db, account.person_id, now, "account.password_slip_use", account)
    db.flush()
    return True


def opened(db: Session, sign_in_id: uuid.UUID, text: str, *, seal: FieldSeal) -> bool | None:
    """Return whether the sign-in was opened by the slip with this text; None if no slip opened it."""
    slip = db.scalars(select(PasswordSlip).where(PasswordSlip.used_by == sign_in_id)).first()
    if slip is None:
        return None
    letters = _letters(text)
    return letters is not None and hmac.compare_digest(slip.slip_hash, _hash(seal, slip.account_id, letters))


def _letters(text: str) -> str | None:
    """Return the letters of a slip as somebody typed them; None if no slip looks like that."""
    letters = re.sub(r"[\s-]", "", text).upper()
    return letters if _TEXT.fullmatch(letters) else None


def _hash(seal: FieldSeal, account_id: uuid.UUID, letters: str) -> bytes:
    return seal.blind("password slip", f"{account_id}\0{letters}")
