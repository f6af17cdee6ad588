"""The sign-in of people of other provinces: ID number, the phone that an organizer imported, and a code (M-10.2, O-26).

They have no 继教编号 and no password. Their account is made at the first sign-in. What it opens is decided at the edge:
their own credits and certificates.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.errors import BadCode
from accounts.id_numbers import normal_id_number
from accounts.phones import normal_phone
from accounts.sign_in import failures, sign_ins, sms_codes
from accounts.sign_in.devices import Device
from foundation.sealing import FieldSeal
from foundation.transactions import insert_new
from models.accounts import Account, SmsPurpose
from models.base import new_id
from models.people import Person
from models.sign_in_proofs import SignInFailure

PAUSE_OUT_OF_PROVINCE = timedelta(seconds=120)
"""Between two codes: figure 23 counts down from 120 (M-10.2.2)."""
MOST_A_DAY = 5
"""Codes for one person in 24 hours (O-26)."""


@dataclass(frozen=True)
class Papers:
    """What somebody says to be theirs. id_number: as `normal_id_number` returns it; phone: E.164."""

    id_number: str
    phone: str

    @property
    def together(self) -> str:
        """Both in one text: a code fits the two together alone."""
        return f"{self.phone}\0{self.id_number}"

    def find_person(self, db: Session, seal: FieldSeal) -> uuid.UUID | None:
        """Return the id of the person without 继教编号 who has both; None if nobody has."""
        return db.scalar(
            select(Person.id).where(
                Person.id_number_hash == seal.blind("id_number", self.id_number),
                Person.phone_hash == seal.blind("phone", self.phone),
                Person.cme_number.is_(None),
            )
        )


def read_papers(*, id_number: str, phone: str) -> Papers:
    """Return the papers in normal form. Raises IdNumberInvalid, PhoneInvalid."""
    return Papers(normal_id_number("".join(id_number.split())), normal_phone(phone))


def redeem(db: Session, *, papers: Papers, code: str, device: Device, now: datetime, seal: FieldSeal) -> Account:
    """Use the code up and return the account of its owner, which is made at the first sign-in.

    Raises BadCode, which keeps the count of tries, if the code is wrong, also where nobody has these papers;
    TooManyAttempts once the tries are used up.
    """
    purpose, together = SmsPurpose.OUT_OF_PROVINCE, papers.together
    checked = sms_codes.check(db, phone=together, purpose=purpose, code=code, device=device, now=now, seal=seal)
    person_id = papers.find_person(db, seal)
    if person_id is None or checked is None or not sms_codes.spend(db, checked, now=now):
        _note_failure(db, person_id, device, now)
        raise BadCode(field="code").keeping_writes()
    facts = {"password_hash": None, "must_change_password": False, "created_at": now}
    insert_new(db, Account, id=new_id(), person_id=person_id, **facts)
    account = sign_ins.find_account(db, person_id=person_id)
    if account is None:
        raise RuntimeError("an account that was just made is not there")
    return account


def _note_failure(db: Session, person_id: uuid.UUID | None, device: Device, now: datetime) -> None:
    account = sign_ins.find_account(db, person_id=person_id) if person_id is not None else None
    if account is not None:
        failures.note(db, account.id, device, SignInFailure.WRONG_CODE, now=now)
