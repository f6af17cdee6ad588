"""Changes of somebody's phone: by themselves, or by an admin to whom they came in person.

The new phone is always proven by a code. It gives the account to whoever holds it, so that code alone changes nothing.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from accounts.errors import BadCode, CurrentPasswordWrong, OwnAccount, PhoneProofRequired, PhoneTaken, TokenInvalid
from accounts.notices import Notices
from accounts.sign_in import devices, owner_locks, sign_ins, sms_codes
from accounts.sign_in.devices import Device
from accounts.sign_in.password_queue import PasswordQueue
from accounts.sign_in.sms import NoticeKind
from accounts.sign_in.sms_codes import CheckedCode
from foundation import audit, throttles
from foundation.callers import Caller
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account, SignInEnd, SmsPurpose
from models.people import Person

PASSWORD, OLD_CODE = "password", "old_code"


@dataclass(frozen=True, slots=True)
class NewPhone:
    """A new phone (E.164) and the code that was sent to it; the device from which the code is given."""

    phone: str = field(repr=False)
    code: str = field(repr=False)
    device: Device


@dataclass(frozen=True, slots=True)
class OwnProof:
    """What proves that the account is one's own: the password, or a code to the old phone."""

    password: str | None = field(repr=False, default=None)
    old_code: str | None = field(repr=False, default=None)


class PhoneChanges:
    """Changes phones, and tells the old ones."""

    def __init__(self, seal: FieldSeal, notices: Notices, queue: PasswordQueue) -> None:
        self._seal = seal
        self._notices = notices
        self._queue = queue

    def change_own(self, db: Session, *, caller: Caller, new: NewPhone, proof: OwnProof, now: datetime) -> None:
        """Change the caller's phone and end their other sign-ins. It commits before it looks at a password.

        Raises PhoneProofRequired without a proof, CurrentPasswordWrong and BadCode, which keep the count of the try,
        TooManyAttempts, PhoneTaken, SignInBusy. A refusal uses up no code.
        """
        with read_only(db):
            account = _account_of(db, caller.person_id)
        old_code = None
        if proof.password is not None and account.password_hash is not None:
            self._check_password(db, account, proof.password, caller, now)
        elif proof.old_code is not None and account.person.phone_sealed is not None:
            old_phone = self._seal.open("phone", account.person.phone_sealed)
            old_code = self._check(db, NewPhone(old_phone, proof.old_code, new.device), caller, now, name="old_code")
        else:
            raise PhoneProofRequired(facts={"proofs": _proofs_of(account)})
        code = self._check(db, new, caller, now, name="code")
        self._set(db, account, new.phone, code, old_code, now)
        devices.forget(db, account.id, but=sign_ins.device_of(db, caller.sign_in_id))
        sign_ins.end_others(db, caller, reason=SignInEnd.PHONE_CHANGED, now=now)
        audit.record(db, caller, now, "account.phone_change", ("person", caller.person_id))
        db.flush()

    def change_for(
        self, db: Session, *, person: Person, new: NewPhone, reason: str, caller: Caller, now: datetime
    ) -> None:
        """Change a person's phone, with the code that an admin asked for and the person read out; end their sign-ins.

        Raises OwnAccount for the caller's own, BadCode, TooManyAttempts, PhoneTaken.
        """
        if person.id == caller.person_id:
            raise OwnAccount
        account = _account_of(db, person.id)
        code = self._check(db, new, caller, now, name="code")
        self._set(db, account, new.phone, code, None, now)
        devices.forget(db, account.id)
        sign_ins.end_all(db, account_id=account.id, reason=SignInEnd.PHONE_CHANGED, now=now)
        audit.record(db, caller, now, "person.phone_change", person, reason=reason)
        db.flush()

    def _check_password(self, db: Session, account: Account, password: str, caller: Caller, now: datetime) -> None:
        key = f"password-change:{account.id}"
        with self._queue.place() as hasher:
            throttles.take_try(db, key, now=now)
            db.commit()  # of tries at once only the free ones go on; no transaction is open while the password waits
            fits = hasher.fits(account.password_hash, password)
        if not fits:
            raise CurrentPasswordWrong(field=PASSWORD)
        if not owner_locks.is_unchanged(db, account, sign_in_id=caller.sign_in_id):
            raise TokenInvalid
        throttles.forget(db, key)

    def _check(self, db: Session, new: NewPhone, caller: Caller, now: datetime, *, name: str) -> CheckedCode:
        checked = sms_codes.check(
            db,
            phone=new.phone,
            purpose=SmsPurpose.PHONE_CHANGE,
            code=new.code,
            device=new.device,
            now=now,
            seal=self._seal,
            account_id=caller.account_id,
        )
        if checked is None:
            raise BadCode(field=name).keeping_writes()
        return checked

    def _set(
        self, db: Session, account: Account, phone: str, code: CheckedCode, old: CheckedCode | None, now: datetime
    ) -> None:
        """Use up the codes and set the phone. Raises BadCode; PhoneTaken, after which the codes can be used again."""
        if not all(sms_codes.spend(db, each, now=now) for each in (code, old) if each is not None):
            raise BadCode(field="code")
        person = db.get_one(Person, account.person_id)
        old_phone = person.phone_sealed
        try:
            with db.begin_nested():
                person.phone_sealed = self._seal.seal("phone", phone)
                person.phone_hash = self._seal.blind("phone", phone)
                db.flush()
        except IntegrityError:
            raise PhoneTaken(field="phone") from None
        if old_phone is not None:
            self._notices.write(db, NoticeKind.PHONE_CHANGED, person_id=person.id, now=now, phone_sealed=old_phone)


def _account_of(db: Session, person_id: uuid.UUID) -> Account:
    return db.scalars(select(Account).where(Account.person_id == person_id).options(joinedload(Account.person))).one()


def _proofs_of(account: Account) -> list[str]:
    given = ((PASSWORD, account.password_hash), (OLD_CODE, account.person.phone_sealed))
    return [name for name, value in given if value is not None]
