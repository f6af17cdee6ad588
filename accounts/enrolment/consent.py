"""Consent to face recognition, and the duties of the operator before it (PRIVACY L-2 to L-7)."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.errors import ConsentRequired, FaceNotOffered, GuardianConsentRequired
from models.consent import NEEDED_TO_ENROL, Consent, ConsentPurpose, ConsentText, ImpactAssessment

_AGE_OF_CONSENT = 14  # PRIVACY L-4: under fourteen a guardian consents


def publish(db: Session, *, version: str, text_zh: str, text_en: str, now: datetime) -> ConsentText:
    """Publish and return a new version of the text. From now on an enrolment needs consent to this version."""
    digest = hashlib.sha256(f"{text_zh}\0{text_en}".encode()).hexdigest()
    text = ConsentText(version=version, text_zh=text_zh, text_en=text_en, sha256=digest, published_at=now)
    db.add(text)
    db.flush()
    return text


def find_current_text(db: Session) -> ConsentText | None:
    """Return the newest published text; None if there is none."""
    return db.scalars(
        select(ConsentText).order_by(ConsentText.published_at.desc(), ConsentText.version.desc()).limit(1)
    ).first()


def check_may_enrol(db: Session, *, version: str | None, birth_on: date | None, today: date) -> None:
    """Check that a face may be enrolled: valid impact assessment, age, and consent to the current text.

    Raises FaceNotOffered, GuardianConsentRequired, ConsentRequired.
    """
    assessed = select(ImpactAssessment.id).where(
        ImpactAssessment.assessed_on <= today, ImpactAssessment.valid_until >= today
    )
    current = find_current_text(db)
    if current is None or db.scalar(assessed.limit(1)) is None:
        raise FaceNotOffered
    if birth_on is not None and _age(birth_on, today) < _AGE_OF_CONSENT:
        raise GuardianConsentRequired
    if version != current.version:
        raise ConsentRequired(field="consent_version")


def give(
    db: Session,
    *,
    person_id: uuid.UUID,
    version: str,
    channel: str,
    now: datetime,
    purposes: Collection[ConsentPurpose] = NEEDED_TO_ENROL,
) -> None:
    """Store consents, one row for each purpose (L-5); by default the two that an enrolment needs."""
    for purpose in purposes:
        db.add(Consent(person_id=person_id, version=version, purpose=purpose, channel=channel, given_at=now))


def withdraw(
    db: Session, *, person_id: uuid.UUID, now: datetime, purposes: Collection[ConsentPurpose] = tuple(ConsentPurpose)
) -> None:
    """Mark the person's consents as withdrawn, by default all of them. The rows stay as proof."""
    db.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.purpose.in_(purposes), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def _age(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
