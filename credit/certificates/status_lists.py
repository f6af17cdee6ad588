"""Status lists of badges: one bit for each certificate, set once it is no longer valid (Bitstring Status List v1.0)."""

import base64
import gzip
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from foundation.signing import Signer
from models.certificates import Certificate
from models.ledger import LedgerEntry

BITS = 131_072
"""Bits of a list: the least that the standard allows, so that a reader doesn't tell whom they look up."""
MEDIA_TYPE = "application/vc+jwt"
CONTEXT = "https://www.w3.org/ns/credentials/v2"


def place_of(certificate: Certificate) -> tuple[int, int]:
    """Return the list of a certificate, from 1, and its bit there."""
    which, bit = divmod(certificate.sequence, BITS)
    return which + 1, bit


def list_url(base_url: str, which: int) -> str:
    """Return the address of a status list."""
    return f"{base_url}/badge-status/{which}"


def status_credential(db: Session, *, which: int, signer: Signer, base_url: str, now: datetime) -> str:
    """Return a status list as a signed credential: a JWT (VC-JOSE-COSE)."""
    url = list_url(base_url, which)
    claims: dict[str, Any] = {
        "@context": [CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": base_url,
        "validFrom": now.isoformat(),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": _encoded(_ended(db, which)),
        },
        "iss": base_url,
        "sub": f"{url}#list",
        "iat": int(now.timestamp()),
    }
    return signer.sign(claims, "vc+jwt")


def _ended(db: Session, which: int) -> list[int]:
    """Return the bits of certificates that are revoked or replaced, or whose grant was reversed."""
    first = (which - 1) * BITS
    is_reversed = exists().where(LedgerEntry.reverses == Certificate.entry_id)
    wanted = select(Certificate.sequence).where(
        Certificate.sequence >= first,
        Certificate.sequence < first + BITS,
        or_(Certificate.revoked_at.is_not(None), Certificate.replaced_at.is_not(None), is_reversed),
    )
    return [sequence - first for sequence in db.scalars(wanted)]


def _encoded(bits: list[int]) -> str:
    """Return the list as multibase base64url of its GZIP: bit 0 is the left-most bit of the first byte."""
    field = bytearray(BITS // 8)
    for bit in bits:
        field[bit // 8] |= 0x80 >> bit % 8
    packed = gzip.compress(bytes(field), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
