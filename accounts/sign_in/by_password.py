"""Sign-in with 继教编号 and password, or with a one-time slip in place of the password."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.errors import AccountSuspended, BadCredentials, ProofRequired, ProofWrong
from accounts.sign_in import devices, failures, owner_locks, proofs, sign_ins, slips, sms_codes
from accounts.sign_in.devices import Device
from accounts.sign_in.password_queue import PasswordQueue
from accounts.sign_in.proofs import CodeProof, IdProof, Proof
from accounts.sign_in.puzzles import Puzzles, Solution
from accounts.sign_in.sms_codes import CheckedCode
from foundation import throttles
from foundation.errors import Refusal, TooManyAttempts
from foundation.sealing import FieldSeal
from foundation.transactions import read_only
from models.accounts import Account, SmsPurpose
from models.sign_in_proofs import PasswordSlip, SignInFailure

PUBLIC_PASSWORD = "123456"  # noqa: S105 - the initial password of M-2.3, which everybody knows


def throttle_key(seal: FieldSeal, cme_number: str) -> str:
    """Return the key to count strangers' password failures of this number. The key does not show the number."""
    return f"password:{seal.blind('throttle', cme_number).hex()[:32]}"


def throttle_key_of(db: Session, account: Account | None, device: Device, *, strangers: str, now: datetime) -> str:
    """Return the key to count password failures of this device: its own if it is known to the account.

    strangers: the key of `throttle_key`, which all other devices share. So nobody can lock the owner out.
    """
    if account is None or not devices.is_known(db, account.id, device, now=now):
        return strangers
    return f"{strangers}:{device.hash.hex()[:32]}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody gave to sign in. password: or the text of a slip."""

    cme_number: str
    password: str = field(repr=False)
    device: Device
    solution: Solution | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class OpenedAccount:
    """The account that an attempt opens. slip: to be used up, if it was a slip that opened it.

    is_phone_proven: whether an SMS code to the person's own phone was shown too, and is used up.
    """

    account: Account
    slip: PasswordSlip | None = None
    is_phone_proven: bool = False


class PasswordDesk:
    """Checks numbers and passwords, with the limits of tries and the proof of initial passwords."""

    def __init__(
        self, seal: FieldSeal, *, queue: PasswordQueue, asks_proof: bool, alarm: Callable[[int], None]
    ) -> None:
        self._seal = seal
        self._queue = queue
        self._puzzles = Puzzles(seal)
        self._asks_proof = asks_proof
        self._alarm = alarm

    def check(self, db: Session, attempt: Attempt, *, now: datetime) -> OpenedAccount:
        """Return the account that number and password open. It commits before it looks at the password.

        Raises BadCredentials, which keeps the count of the failure; an unknown number takes the same time and is
        counted too. Raises ProofRequired or ProofWrong for an initial password; TooManyAttempts while the number is
        blocked for this device, PuzzleRequired while many sign-ins fail and the account doesn't know the device;
        AccountSuspended only with the right password; SignInBusy, after which nothing is counted.
        """
        with read_only(db):
            account = sign_ins.find_account(db, cme_number=attempt.cme_number)
            slip = slips.find(db, account, attempt.password, now=now, seal=self._seal) if account else None
        if account is not None and slip is not None:
            return OpenedAccount(self._open(db, account, attempt.device, now), slip)
        with self._queue.place() as hasher:
            code = self._check_code(db, account, attempt, now)
            db.commit()  # the try at the code counts also where the number is blocked or a puzzle is asked for
            key = self._take_try(db, account, attempt, code is not None, now)
            db.commit()  # of tries at once only the free ones go on; no transaction is open while the password waits
            fits = hasher.fits(account.password_hash if account else None, attempt.password)
        if account is None or not fits or not owner_locks.is_unchanged(db, account):
            raise self._refuse(db, account, attempt, now)
        needs_proof = account.must_change_password and self._asks_proof
        if needs_proof and not self._is_proven(db, account, attempt, code, now):
            raise self._ask_for_proof(db, account, attempt, now)
        throttles.forget(db, key)
        opened = self._open(db, account, attempt.device, now)
        return OpenedAccount(opened, is_phone_proven=needs_proof and code is not None)

    def _open(self, db: Session, account: Account, device: Device, now: datetime) -> Account:
        if account.suspended_at is not None:
            failures.note(db, account.id, device, SignInFailure.SUSPENDED, now=now)
            raise AccountSuspended().keeping_writes()
        return account

    def _check_code(self, db: Session, account: Account | None, attempt: Attempt, now: datetime) -> CheckedCode | None:
        """Return the code of the proof if it is right. It is not used up before the password is right too.

        A wrong one is nothing more than no code: what follows is the same for all numbers.
        """
        if account is None or not isinstance(attempt.proof, CodeProof) or account.person.phone_sealed is None:
            return None
        try:
            return sms_codes.check(
                db,
                phone=self._seal.open("phone", account.person.phone_sealed),
                purpose=SmsPurpose.SIGN_IN,
                code=attempt.proof.code,
                device=attempt.device,
                now=now,
                seal=self._seal,
            )
        except TooManyAttempts:
            return None

    def _take_try(self, db: Session, account: Account | None, attempt: Attempt, is_owner: bool, now: datetime) -> str:
        """Count a try as a failure; return its key. is_owner: the phone is proven, so strangers' tries bar nothing."""
        strangers = throttle_key(self._seal, attempt.cme_number)
        key = f"{strangers}:phone"
        if not is_owner:
            key = throttle_key_of(db, account, attempt.device, strangers=strangers, now=now)
            throttles.check_block(db, key, now=now)
            if key == strangers:
                self._puzzles.require(db, attempt.solution, subject=strangers, now=now)
        throttles.take_try(db, key, now=now)
        return key

    def _is_proven(
        self, db: Session, account: Account, attempt: Attempt, code: CheckedCode | None, now: datetime
    ) -> bool:
        if code is not None:
            return sms_codes.spend(db, code, now=now)
        is_listed = proofs.ID_LAST_FOUR in proofs.proofs_of(account)
        return (
            is_listed
            and isinstance(attempt.proof, IdProof)
            and proofs.is_person(account.person, attempt.proof, self._seal)
        )

    def _refuse(self, db: Session, account: Account | None, attempt: Attempt, now: datetime) -> Refusal:
        """Count a wrong password; return the refusal.

        An initial password is answered the same whether it fits or not: so nobody learns whose account is still unused.
        """
        if self._asks_proof and attempt.password in (PUBLIC_PASSWORD, attempt.cme_number):
            return self._ask_for_proof(db, account, attempt, now)
        self._count(db, account, attempt.device, SignInFailure.WRONG_PASSWORD, now)
        return BadCredentials().keeping_writes()

    def _ask_for_proof(self, db: Session, account: Account | None, attempt: Attempt, now: datetime) -> Refusal:
        """Count an initial password without the right proof; return the refusal."""
        facts = {"proofs": proofs.proofs_of(account)}
        if attempt.proof is None:
            self._count(db, account, attempt.device, SignInFailure.PROOF_REQUIRED, now)
            return ProofRequired(facts=facts).keeping_writes()
        self._count(db, account, attempt.device, SignInFailure.WRONG_PROOF, now)
        return ProofWrong(facts=facts).keeping_writes()

    def _count(
        self, db: Session, account: Account | None, device: Device, reason: SignInFailure, now: datetime
    ) -> None:
        if account is not None:
            failures.note(db, account.id, device, reason, now=now)
        failed = self._puzzles.count_failure(db, now=now)
        if failed is not None:
            self._alarm(failed)
