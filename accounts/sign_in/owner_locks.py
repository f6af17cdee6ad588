"""Locks the owner of an account, so that what was judged before slow work still holds when it is written."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import Account, SignIn
from models.people import Person


def lock_owner(db: Session, account: Account) -> None:
    """Lock the account's person until this transaction ends: a role that is given meanwhile waits, or was given before.

    Take it before the account's sign-ins are changed, as whoever gives a role does.
    """
    db.execute(select(Person.id).where(Person.id == account.person_id).with_for_update(key_share=True))


def lock_owner_of(db: Session, account_id: uuid.UUID) -> None:
    """Lock the person of the account with this id, as `lock_owner` does."""
    owner = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    db.execute(select(Person.id).where(Person.id == owner).with_for_update(key_share=True))


def is_unchanged(db: Session, account: Account, *, sign_in_id: uuid.UUID | None = None) -> bool:
    """Return whether what was judged before a slow hash still holds, and lock it until this transaction ends.

    sign_in_id: of who asks. False if the password was changed meanwhile, or that sign-in has ended.
    """
    lock_owner(db, account)
    stored = db.scalar(select(Account.password_hash).where(Account.id == account.id).with_for_update(key_share=True))
    if stored != account.password_hash:
        return False
    if sign_in_id is None:
        return True
    return db.scalar(select(SignIn.id).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))) is not None
