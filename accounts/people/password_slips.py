"""One-time slips that admins give to people who can't sign in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import OwnAccount
from accounts.notices import Notices
from accounts.sign_in import slips
from accounts.sign_in.slips import NewSlip
from accounts.sign_in.sms import NoticeKind
from foundation import audit
from foundation.callers import Caller
from foundation.sealing import FieldSeal
from models.accounts import Account
from models.people import Person


def give(
    db: Session, *, person: Person, reason: str, caller: Caller, now: datetime, seal: FieldSeal, notices: Notices
) -> NewSlip:
    """Make a slip for a person and tell them. Raises OwnAccount for oneself."""
    if person.id == caller.person_id:
        raise OwnAccount
    account_id = db.scalars(select(Account.id).where(Account.person_id == person.id)).one()
    slip = slips.make(db, account_id, given_by=caller.person_id, now=now, seal=seal)
    audit.record(db, caller, now, "account.password_slip", person, reason=reason)
    notices.write(db, NoticeKind.PASSWORD_SLIP, person_id=person.id, now=now)
    return slip
