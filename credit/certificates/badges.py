"""Certificates as Open Badges 3.0: a W3C verifiable credential as a JWT, with the ledger's inclusion proof (X-11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.people import find_province
from credit.certificates.printing import TITLES
from credit.certificates.snapshots import Snapshot
from credit.certificates.states import CertificateView
from credit.certificates.status_lists import CONTEXT, list_url, place_of, status_credential
from credit.ledger.leaves import leaf_of
from credit.ledger.tree_heads import Inclusion, prove_inclusion
from foundation.signing import Signer
from models.certificates import Certificate, CertificateKind
from models.ledger import LedgerEntry

BADGES_CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_TYP = "vc+jwt"  # VC-JOSE-COSE: the media type without `application/`


@dataclass(frozen=True)
class BadgeIssuer:
    """Signs certificates as badges. base_url: of this installation, the id of the issuer."""

    signer: Signer
    base_url: str

    def badge(self, db: Session, *, found: CertificateView, due_at: datetime) -> str:
        """Return the badge of a certificate as a compact JWS, checked with the key set at /.well-known/jwks.json.

        due_at: when the next head of the ledger is signed. Raises HeadNotSigned while no head has the grant.
        """
        row, facts = found.certificate, found.snapshot
        entry = db.scalars(select(LedgerEntry).where(LedgerEntry.id == row.entry_id)).one()
        proof = prove_inclusion(db, entry=entry, size=None, due_at=due_at)
        url, province = f"{self.base_url}/v/{row.token}", find_province(db)
        issuer = province.name if province is not None else self.base_url
        claims = {
            "@context": [CONTEXT, BADGES_CONTEXT, _own_terms(self.base_url)],
            "id": url,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": self.base_url, "type": ["Profile"], "name": issuer, "url": self.base_url},
            "validFrom": row.issued_at.isoformat(),
            "name": f"{TITLES[row.kind]} {row.number}",
            "credentialSubject": self._subject(row, facts),
            "credentialStatus": self._status(row),
            "evidence": [_evidence(proof)],
            "iss": self.base_url,
            "jti": url,
            "iat": int(row.issued_at.timestamp()),
            "nbf": int(row.issued_at.timestamp()),
        }
        return self.signer.sign(claims, _TYP)

    def status_list(self, db: Session, *, which: int, now: datetime) -> str:
        """Return a status list as a signed credential."""
        return status_credential(db, which=which, signer=self.signer, base_url=self.base_url, now=now)

    def _subject(self, row: Certificate, facts: Snapshot) -> dict[str, Any]:
        names = [{"type": "IdentityObject", "identityHash": facts.name, "hashed": False, "identityType": "name"}]
        is_teaching = row.kind is CertificateKind.TEACHING
        return {
            "type": ["AchievementSubject"],
            "identifier": names,
            "role": "speaker" if is_teaching else "learner",
            "activityStartDate": _midnight(facts.starts_on),
            "activityEndDate": _midnight(facts.ends_on),
            "creditsEarned": float(facts.credits),
            "licenseNumber": row.number,
            "achievement": {
                "id": f"urn:uuid:{row.entry_id}",
                "type": ["Achievement"],
                "name": facts.project,
                "inLanguage": "zh-CN",
                "achievementType": "Certificate",
                "fieldOfStudy": facts.level,
                **({"humanCode": facts.project_number} if facts.project_number else {}),
                "creator": {"id": self.base_url, "type": ["Profile"], "name": facts.organizer},
                "description": f"{facts.organizer}：{facts.project}（{facts.credits}学分，{facts.hours}学时）",
                "criteria": {"narrative": f"经{facts.reviewing_unit}审核通过。"},
            },
        }

    def _status(self, row: Certificate) -> dict[str, str]:
        which, bit = place_of(row)
        url = list_url(self.base_url, which)
        return {
            "id": f"{url}#{bit}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(bit),
            "statusListCredential": url,
        }


def _evidence(proof: Inclusion) -> dict[str, Any]:
    """Return the proof in the form that `scripts/verify-ledger inclusion` reads."""
    return {
        "type": ["Evidence", "LedgerInclusion"],
        "name": "Inclusion in the ledger of credits",
        "inclusion": {
            "leaf": leaf_of(proof.entry).decode(),
            "index": proof.entry.position,
            "size": proof.head.size,
            "path": [step.hex() for step in proof.path],
            "head": proof.head.token,
        },
    }


def _own_terms(base_url: str) -> dict[str, Any]:
    """Return the meaning of the two terms that no context of others has."""
    terms = f"{base_url}/terms#"
    return {
        "LedgerInclusion": f"{terms}LedgerInclusion",
        "inclusion": {"@id": f"{terms}inclusion", "@type": "@json"},
    }


def _midnight(iso: str) -> str:
    return f"{iso}T00:00:00+08:00"
