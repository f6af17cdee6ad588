"""Proofs of a scan before sign-in (X-1): the first person who uses one owns the scan, for fifteen minutes.

The page of a scanned code puts a signed proof into a cookie. Sign-in, a first password, consent and three photos take
longer than its three minutes; so the proof becomes a pending scan of one person, which gives them tickets without the
cookie. A proof that is forwarded to others is good for one of them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from attendance.attempts.errors import ScanNotYours
from attendance.errors import QrExpired, QrInvalid
from attendance.sessions.signed_tokens import ClaimSigner, NotSigned, to_instant, to_number
from foundation.errors import Refusal
from foundation.transactions import insert_object
from models.base import new_id
from models.scans import PendingScan

LIFETIME = timedelta(minutes=3)
"""How long a proof is good for the first person who uses it."""
PENDING = timedelta(minutes=15)
"""How long the scan is theirs from then on."""
_TOLERANCE = timedelta(seconds=5)  # the clock of the machine that signed the proof may be ahead of this one's


@dataclass(frozen=True)
class SeenCode:
    """The scan of a good code: the session and the time. id: the scan belongs to one person by it."""

    id: uuid.UUID
    session_id: uuid.UUID
    scanned_at: datetime

    @classmethod
    def of(cls, scan: PendingScan) -> "SeenCode":
        """Return the scan that a person's pending scan is."""
        return cls(scan.id, scan.session_id, scan.scanned_at)


class ScanProofs:
    """Signs scans for a cookie, and verifies them. key: the venue key, 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._signer = ClaimSigner(key, "scan-proof")

    def sign(self, seen: SeenCode) -> str:
        """Return the scan as a signed token."""
        claims = {"jti": str(seen.id), "session": str(seen.session_id), "iat": to_number(seen.scanned_at)}
        return self._signer.sign(claims)

    def open(self, text: str) -> SeenCode:
        """Return the scan in a token, also in an old one. Raises QrInvalid if we did not sign it."""
        try:
            claims = self._signer.open(text)
            return SeenCode(uuid.UUID(claims["jti"]), uuid.UUID(claims["session"]), to_instant(claims["iat"]))
        except (NotSigned, KeyError, ValueError):
            raise QrInvalid from None


def is_fresh(seen: SeenCode, now: datetime) -> bool:
    """Return whether the proof of a scan is still good for whoever uses it first."""
    return -_TOLERANCE <= now - seen.scanned_at < LIFETIME


@dataclass(frozen=True)
class OwnScans:
    """What is known of a proof and of a person's scans. of_proof: whoever owns the proof's scan, or None."""

    of_proof: PendingScan | None
    pending: PendingScan | None


_SCANS = select(PendingScan).where(
    or_(
        PendingScan.id == bindparam("scan_id"),
        (PendingScan.person_id == bindparam("person_id")) & (PendingScan.until > bindparam("now")),
    )
)  # made once: building it takes longer than running it


def find_scans(db: Session, *, person_id: uuid.UUID, proof: SeenCode | None, now: datetime) -> OwnScans:
    """Return the owner's row of a proof's scan, and the person's own newest pending scan."""
    scan_id = proof.id if proof is not None else None
    found = list(db.scalars(_SCANS, {"scan_id": scan_id, "person_id": person_id, "now": now}))
    own = [each for each in found if each.person_id == person_id and each.until > now]
    newest = max(own, key=lambda each: (each.scanned_at, each.id), default=None)
    return OwnScans(next((each for each in found if each.id == scan_id), None), newest)


def find_usable(scans: OwnScans, proof: SeenCode | None, *, person_id: uuid.UUID, now: datetime) -> SeenCode | None:
    """Return the scan that gives a person tickets: that of the proof, else their own pending one; None if neither."""
    if proof is not None:
        owned = scans.of_proof
        is_own = owned is not None and owned.person_id == person_id and owned.until > now
        if is_own or (owned is None and is_fresh(proof, now)):
            return proof
    return SeenCode.of(scans.pending) if scans.pending is not None else None


def why_not_usable(scans: OwnScans, proof: SeenCode | None, *, person_id: uuid.UUID) -> Refusal:
    """Return why a proof gives no tickets: there is none, somebody else used it first, or its time is over."""
    if proof is None:
        return QrInvalid(field="qr")
    if scans.of_proof is not None and scans.of_proof.person_id != person_id:
        return ScanNotYours()
    return QrExpired(field="qr")


def hold(db: Session, *, person_id: uuid.UUID, seen: SeenCode, now: datetime) -> PendingScan:
    """Make a scan the person's own, and return it. One that is theirs already stays as it is.

    Raises ScanNotYours if somebody else was first, also at this very moment.
    """
    made = PendingScan(
        id=seen.id, person_id=person_id, session_id=seen.session_id, scanned_at=seen.scanned_at, until=now + PENDING
    )
    if insert_object(db, made):
        return made
    first = db.get_one(PendingScan, seen.id, populate_existing=True)
    if first.person_id != person_id:
        raise ScanNotYours
    return first


def scan_now(session_id: uuid.UUID, now: datetime) -> SeenCode:
    """Return the scan of a good code at this moment."""
    return SeenCode(new_id(), session_id, now)
