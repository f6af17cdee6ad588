"""The second step of a sign-in: who shows a second factor, at sign-in and again for the gravest steps (PRIVACY L-18).

docs/decisions/0040-second-factor.md tells what was decided, and why.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.errors import BadCode
from accounts.second_factor import one_time_codes
from accounts.sign_in import devices, failures, owner_locks, sign_ins, sms_codes
from accounts.sign_in.devices import Device
from accounts.sign_in.errors import OtpRequired, OtpWrong, SecondFactorRequired
from foundation import throttles
from foundation.callers import Caller
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account, SignIn, SmsPurpose
from models.people import Person, Role, RoleGrant
from models.sign_in_proofs import SecondFactor, SignInFailure

NEEDS_TOTP = (Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.AUDITOR)
"""Roles that need a second factor of their own."""
MAY_USE_PHONE = (Role.ORGANIZER, Role.DEPARTMENT_ADMIN, Role.UNIT_ADMIN)
"""Roles whose second factor may be an SMS code to their phone, beside the password."""
COVERS = timedelta(minutes=5)
"""How long a code in X-OTP covers further grave steps of the same sign-in."""
_CLOCKS_APART = timedelta(seconds=10)


class Factor(StrEnum):
    """What somebody shows beside their first proof."""

    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    SMS = "sms"
    PASSWORD = "password"  # noqa: S105 - a word, no password


class FactorNeed(StrEnum):
    """What the roles of an account need beside the first proof. PHONE: a code by SMS is enough."""

    NOTHING = "nothing"
    PHONE = "phone"
    TOTP = "totp"


@dataclass(frozen=True)
class _Account:
    is_confirmed: bool
    phone_sealed: bytes | None
    need: FactorNeed


@dataclass(frozen=True)
class Demand:
    """The second factors of an account, any of which is enough. factors: empty if none is asked for.

    is_due: the role needs one, and none is set up. phone_sealed: the person's own phone, for a code by SMS.
    """

    account_id: uuid.UUID
    factors: tuple[Factor, ...] = ()
    is_due: bool = False
    phone_sealed: bytes | None = None

    def asks_beside(self, shown: Collection[Factor] = ()) -> bool:
        """Return whether one is asked for beside the first proof and the factors that were shown with it."""
        return bool(self.factors) and set(shown).isdisjoint(self.factors)

    @property
    def facts(self) -> dict[str, list[str]]:
        """The facts of a refusal."""
        return {"factors": [factor.value for factor in self.factors]}


class SecondSteps:
    """Checks second factors. is_on: whether roles need one (SECOND_FACTOR); a confirmed one is always asked for."""

    def __init__(self, seal: FieldSeal, *, is_on: bool) -> None:
        self._seal, self._is_on = seal, is_on

    def need_of(self, db: Session, account_id: uuid.UUID) -> FactorNeed:
        """Return what the roles of this account need."""
        return self._look_up(db, account_id).need

    def apply_need(self, db: Session, account_id: uuid.UUID, *, before: FactorNeed) -> None:
        """Let running sign-ins open only the set-up of a second factor, if a new role needs more than `before`."""
        found = self._look_up(db, account_id)
        if found.need is not before and not found.is_confirmed:
            sign_ins.require_second_factor(db, account_id=account_id)

    def demand_of(self, db: Session, account_id: uuid.UUID, *, method: str = "password") -> Demand:
        """Return what the account shows beside its first proof. method: `password` or `sms`, the first proof."""
        found = self._look_up(db, account_id)
        if found.is_confirmed:
            return Demand(account_id, (Factor.TOTP, Factor.RECOVERY_CODE))
        if found.need is not FactorNeed.PHONE:
            return Demand(account_id, is_due=found.need is FactorNeed.TOTP)
        factor = Factor.PASSWORD if method == "sms" else Factor.SMS  # the phone is one factor, not two
        return Demand(account_id, (factor,), phone_sealed=found.phone_sealed)

    def check(
        self,
        db: Session,
        demand: Demand,
        *,
        otp: str | None,
        device: Device,
        now: datetime,
    ) -> None:
        """Check the second factor of a sign-in whose first proof was right. It commits before it looks at the code.

        demand: one that asks. Raises OtpRequired and OtpWrong, which keep their trace; TooManyAttempts, whose count
        strangers share and a known device has for itself.
        """
        if otp is None or demand.factors == (Factor.PASSWORD,):
            failures.note(db, demand.account_id, device, SignInFailure.OTP_REQUIRED, now=now)
            raise OtpRequired(facts=demand.facts).keeping_writes()
        is_known = devices.is_known(db, demand.account_id, device, now=now)
        key = f"otp:{demand.account_id}" + (f":{device.hash.hex()[:32]}" if is_known else "")
        self._judge_factor(db, demand, otp, key, device, now)

    def check_again(self, db: Session, caller: Caller, *, otp: str | None, now: datetime) -> None:
        """Check the code that the caller gives again for a grave step, unless one of the last minutes (COVERS) does.

        A code that is given is always checked. Raises as `check_now`.
        """
        if otp is None:
            with read_only(db):
                at = db.scalar(select(SignIn.proved_again_at).where(SignIn.id == caller.sign_in_id))
            if at is not None and -_CLOCKS_APART <= now - at < COVERS:
                return
        self.check_now(db, caller, otp=otp, now=now)

    def check_now(self, db: Session, caller: Caller, *, otp: str | None, now: datetime) -> None:
        """Check the code that the caller gives again. A right one is used up and committed at once.

        Does nothing if no second factor is asked of the caller. Raises OtpRequired; OtpWrong; TooManyAttempts;
        SecondFactorRequired for a role that needs a second factor and has none.
        """
        with read_only(db):
            sign_in, demand = db.get_one(SignIn, caller.sign_in_id), self.demand_of(db, caller.account_id)
        if demand.is_due:
            raise SecondFactorRequired
        if not demand.factors:
            return
        if otp is None:
            raise OtpRequired(facts=demand.facts)
        device = Device(sign_in.device_hash or b"", sign_in.device)
        self._judge_factor(db, demand, otp, f"otp-again:{caller.sign_in_id}", device, now)
        db.execute(update(SignIn).where(SignIn.id == caller.sign_in_id).values(proved_again_at=now))
        db.commit()

    def _look_up(self, db: Session, account_id: uuid.UUID) -> _Account:
        rows = db.execute(
            select(SecondFactor.confirmed_at, Person.phone_sealed, RoleGrant.role)
            .select_from(Account)
            .join(Person, Person.id == Account.person_id)
            .outerjoin(SecondFactor, SecondFactor.account_id == Account.id)
            .outerjoin(RoleGrant, RoleGrant.person_id == Person.id)
            .where(Account.id == account_id)
        ).all()
        confirmed_at, phone_sealed, _ = rows[0]
        held = {role for *_, role in rows}
        need = FactorNeed.NOTHING
        if self._is_on and not held.isdisjoint((*NEEDS_TOTP, *MAY_USE_PHONE)):
            need = FactorNeed.TOTP if phone_sealed is None or not held.isdisjoint(NEEDS_TOTP) else FactorNeed.PHONE
        return _Account(is_confirmed=confirmed_at is not None, phone_sealed=phone_sealed, need=need)

    def _judge_factor(self, db: Session, demand: Demand, otp: str, key: str, device: Device, now: datetime) -> None:
        throttles.take_try(db, key, now=now)
        db.commit()  # of many tries at once only the free ones are judged
        if demand.phone_sealed is None:  # an SMS code is locked before its owner, as at every sign-in by SMS
            owner_locks.lock_owner_of(db, demand.account_id)
        if not self._is_right(db, demand, otp, device, now):
            failures.note(db, demand.account_id, device, SignInFailure.WRONG_OTP, now=now)
            raise OtpWrong(facts=demand.facts).keeping_writes()
        throttles.forget(db, key)

    def _is_right(self, db: Session, demand: Demand, otp: str, device: Device, now: datetime) -> bool:
        if demand.phone_sealed is None:
            return one_time_codes.use(db, demand.account_id, otp, now=now, seal=self._seal)
        phone = self._seal.open("phone", demand.phone_sealed)
        try:
            sms_codes.redeem(
                db, phone=phone, purpose=SmsPurpose.SIGN_IN, code=otp, device=device, now=now, seal=self._seal
            )
        except BadCode:
            return False
        return True
