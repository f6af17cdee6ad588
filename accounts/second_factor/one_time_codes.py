"""The codes of a second factor: TOTP (RFC 6238) of an app, and recovery codes on paper. Each opens once."""

import base64
import hmac
import uuid
from datetime import datetime
from typing import cast

import pyotp
from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from foundation.sealing import FieldSeal
from models.sign_in_proofs import RecoveryCode, SecondFactor

_STEP_SECONDS, _SKEW = 30, 1  # RFC 6238, 5.2: one step of skew at most
_RECOVERY_CODES, _RECOVERY_BYTES = 10, 10  # of 80 bits, 16 letters and digits
_ISSUER, _SEALED_AS = "CME", "second factor"


def new_secret() -> str:
    """Return a new secret of 160 bits, base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return the otpauth address that an app reads from a QR code. name: what the app shows beside the code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)


def seal_secret(secret: str, seal: FieldSeal) -> bytes:
    """Return the encrypted secret."""
    return seal.seal(_SEALED_AS, secret)


def open_secret(sealed: bytes, seal: FieldSeal) -> str:
    """Return the secret."""
    return seal.open(_SEALED_AS, sealed)


def find_step(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the time step that has this code, at most one step from now; None if none has."""
    if len(code) != 6 or not code.isascii():
        return None
    totp, middle = pyotp.TOTP(secret), int(now.timestamp()) // _STEP_SECONDS
    fitting = [
        step for step in range(middle - _SKEW, middle + _SKEW + 1) if hmac.compare_digest(totp.generate_otp(step), code)
    ]
    return fitting[-1] if fitting else None


def recovery_codes_of(secret: str, seal: FieldSeal) -> list[str]:
    """Return the recovery codes that belong to a secret. They can be computed only with the service's key."""
    return [_written(seal.blind("recovery code of", f"{secret}\0{place}")) for place in range(_RECOVERY_CODES)]


def replace_recovery_codes(db: Session, account_id: uuid.UUID, secret: str, seal: FieldSeal) -> None:
    """Store the hashes of the recovery codes of a secret in place of all others of the account."""
    forget_recovery_codes(db, account_id)
    for code in recovery_codes_of(secret, seal):
        db.add(RecoveryCode(account_id=account_id, code_hash=_hash(seal, account_id, code)))
    db.flush()


def forget_recovery_codes(db: Session, account_id: uuid.UUID) -> None:
    """Delete all recovery codes of an account."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def use(db: Session, account_id: uuid.UUID, code: str, *, now: datetime, seal: FieldSeal) -> bool:
    """Use a TOTP code or a recovery code of the account; return whether it was right and not used before.

    Each kind is one UPDATE with a condition, so of many at once with the same code one gets True.
    """
    wanted = select(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None))
    factor = db.scalars(wanted.execution_options(populate_existing=True)).first()
    if factor is None:
        return False
    step = find_step(open_secret(factor.secret_sealed, seal), code, now=now)
    if step is None:
        return _use_recovery_code(db, account_id, code, now, seal)
    row = SecondFactor
    is_newer = or_(row.last_step.is_(None), row.last_step < step)
    used = db.execute(
        update(row)
        .where(row.account_id == account_id, row.secret_sealed == factor.secret_sealed, is_newer)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(cast(CursorResult[tuple[()]], used).rowcount)


def _use_recovery_code(db: Session, account_id: uuid.UUID, code: str, now: datetime, seal: FieldSeal) -> bool:
    this = RecoveryCode.account_id == account_id, RecoveryCode.code_hash == _hash(seal, account_id, code)
    used = db.execute(
        update(RecoveryCode)
        .where(*this, RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    return bool(cast(CursorResult[tuple[()]], used).rowcount)


def _written(digest: bytes) -> str:
    letters = base64.b32encode(digest[:_RECOVERY_BYTES]).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _hash(seal: FieldSeal, account_id: uuid.UUID, code: str) -> bytes:
    typed = "".join(code.split()).replace("-", "").lower()
    return seal.blind("recovery code", f"{account_id}\0{typed}")
