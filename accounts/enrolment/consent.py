"""Consent to face recognition, and what the operator owes first (PRIVACY L-2 to L-7)."""

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
    """Publish a new version of the text; from now on enrolment wants consent to this one."""
    digest = hashlib.sha256(f"{text_zh}\0{text_en}".encode()).hexdigest()
    text = ConsentText(version=version, text_zh=text_zh, text_en=text_en, sha256=digest, published_at=now)
    db.add(text)
    db.flush()
    return text


def find_current_text(db: Session) -> ConsentText | None:
    """Return the newest published text, if there is one."""
    return db.scalars(
        select(ConsentText).order_by(ConsentText.published_at.desc(), ConsentText.version.desc()).limit(1)
    ).first()


def check_may_enrol(db: Session, *, version: str | None, birth_on: date | None, today: date) -> None:
    """Raise unless a face may be enrolled: a valid impact assessment, the age for it, consent to the current text.

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
    """Write down consents, each as a row of its own (L-5); by default both that an enrolment needs."""
    for purpose in purposes:
        db.add(Consent(person_id=person_id, version=version, purpose=purpose, channel=channel, given_at=now))


def withdraw(
    db: Session, *, person_id: uuid.UUID, now: datetime, purposes: Collection[ConsentPurpose] = tuple(ConsentPurpose)
) -> None:
    """Mark the person's consents as withdrawn, by default all of them; the rows stay as proof."""
    db.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.purpose.in_(purposes), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )


def _age(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
