"""Consent to face recognition, and the duties of the operator before it (PRIVACY L-2 to L-7)."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.face_errors import ConsentMissing, ConsentRequired, FaceNotOffered, GuardianConsentRequired
from foundation import audit
from foundation.clock import day_at_home
from foundation.transactions import insert_or_none, may_write
from models.consent import NEEDED_TO_ENROL, Consent, ConsentPurpose, ConsentText, ImpactAssessment
from models.people import Person

_AGE_OF_CONSENT = 14  # PRIVACY L-4: under fourteen a guardian consents


def publish(db: Session, *, version: str, text_zh: str, text_en: str, now: datetime) -> ConsentText | None:
    """Publish and return a new version of the text; None if there is one of this name.

    From now on an enrolment needs consent to this version.
    """
    digest = hashlib.sha256(f"{text_zh}\0{text_en}".encode()).hexdigest()
    return insert_or_none(
        db, ConsentText, version=version, text_zh=text_zh, text_en=text_en, sha256=digest, published_at=now
    )


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
    witness_id: uuid.UUID | None = None,
) -> None:
    """Store consents, one row for each purpose (L-5); by default the two that an enrolment needs.

    witness_id: the admin on whose device they were given.
    """
    for purpose in purposes:
        given = {"version": version, "purpose": purpose, "channel": channel, "witness_id": witness_id}
        db.add(Consent(person_id=person_id, given_at=now, **given))


def give_ahead(
    db: Session,
    *,
    person: Person,
    version: str,
    purposes: Collection[ConsentPurpose],
    now: datetime,
) -> None:
    """Store the consents that a person gives before an admin enrols them. Those that stand already stay as they are.

    Raises the refusals of `check_may_enrol`.
    """
    check_may_enrol(db, version=version, birth_on=person.birth_on, today=day_at_home(now))
    stand = {each.purpose for each in list_standing(db, person.id) if each.version == version}
    new = [purpose for purpose in purposes if purpose not in stand]
    if new:
        give(db, person_id=person.id, version=version, channel="app", now=now, purposes=new)
        after = {"version": version, "purposes": [purpose.value for purpose in new]}
        audit.record(db, person.id, now, "face_consent.give", person, after=after)
        db.flush()


def list_standing(db: Session, person_id: uuid.UUID) -> list[Consent]:
    """Return the person's consents that are not withdrawn, oldest first."""
    stand = select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    return list(db.scalars(stand.order_by(Consent.given_at, Consent.id)))


def check_given(db: Session, *, person_id: uuid.UUID, version: str) -> None:
    """Check that the person has given both consents that an enrolment needs, to this version of the text.

    In a transaction that writes, they can't be withdrawn before it ends. Raises ConsentMissing.
    """
    stand = select(Consent.purpose).where(
        Consent.person_id == person_id, Consent.version == version, Consent.withdrawn_at.is_(None)
    )
    if may_write.get():
        stand = stand.with_for_update()
    if not set(NEEDED_TO_ENROL) <= set(db.scalars(stand)):
        raise ConsentMissing


def withdraw(
    db: Session, *, person_id: uuid.UUID, now: datetime, purposes: Collection[ConsentPurpose] = tuple(ConsentPurpose)
) -> int:
    """Mark the person's consents as withdrawn, by default all of them; return how many. The rows stay as proof."""
    ended = db.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.purpose.in_(purposes), Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .returning(Consent.id)
    )
    return len(ended.all())


def _age(birth_on: date, today: date) -> int:
    return today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
