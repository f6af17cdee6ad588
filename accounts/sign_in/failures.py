"""The trail of failed sign-ins (PRIVACY L-18): its owner and the auditor read it."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.sign_in.devices import Device
from models.sign_in_proofs import FailedSignIn, SignInFailure


def note(db: Session, account_id: uuid.UUID, device: Device, reason: SignInFailure, *, now: datetime) -> None:
    """Add a failed sign-in to the open transaction, without anything that was typed."""
    db.add(FailedSignIn(account_id=account_id, at=now, device=device.words, reason=reason))
