"""Limits looks at photos that leave nothing behind: photo-checks, and own enrolments refused for their photos."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts.enrolment import holds
from faces.errors import NotOnePerson
from foundation import throttles

MOST, WINDOW = 30, timedelta(minutes=10)
"""Looks of one person in a window of time."""


def check(db: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Raise TooManyAttempts if this person had `MOST` looks that left nothing behind. It only reads."""
    throttles.check_count(db, _key(person_id), limit=MOST, window=WINDOW, now=now)


def count(db: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Count a look. It never refuses, because the look is over: the next one is refused before it."""
    throttles.count_event(db, _key(person_id), window=WINDOW, now=now)


def count_refused(db: Session, person_id: uuid.UUID, refusal: Exception, now: datetime) -> None:
    """Count a refused enrolment; photos of two people count towards a hold too."""
    if isinstance(refusal, NotOnePerson):
        holds.count_two_people(db, person_id=person_id, now=now)
    count(db, person_id, now)


def _key(person_id: uuid.UUID) -> str:
    return f"photo_looks:{person_id}"
