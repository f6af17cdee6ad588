"""What the law wants from the operator before faces are used: a valid impact assessment and a consent text.

Both can be added later and renewed (PRIVACY L-2, L-3, L-7). People who have enrolled keep their face when a new text is
published; whoever enrols from then on consents to the new one.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.enrolment.consent import find_current_text, publish
from accounts.face_errors import AssessmentInvalid, ConsentVersionTaken
from foundation import audit
from foundation.callers import Caller
from foundation.clock import day_at_home
from models.base import new_id
from models.consent import ConsentText, ImpactAssessment

LONGEST = timedelta(days=3 * 366)
"""An assessment is renewed after three years at the latest: our assumption, after the three years for which its report
must be kept (PIPL 56)."""
WARN_AT = (90, 30, -1)
"""Days before the end of the last assessment at which the operator is warned; -1 is the day after its end."""


@dataclass(frozen=True)
class NewAssessment:
    """An impact assessment to register. approved_by: the responsible person, by name."""

    title: str
    approved_by: str
    assessed_on: date
    valid_until: date


@dataclass(frozen=True)
class FaceLaw:
    """Whether faces can be enrolled today. until: the last day on which an assessment is valid, None without one.

    days_left: until that day, 0 on it and negative after it.
    """

    is_offered: bool
    until: date | None
    days_left: int | None
    text: ConsentText | None

    @property
    def warns_at(self) -> int | None:
        """The number of `WARN_AT` that is due, the smallest; None if none is."""
        left = self.days_left
        return None if left is None else min((days for days in WARN_AT if left <= days), default=None)


def read(db: Session, *, today: date) -> FaceLaw:
    """Return the state of the law's conditions on this day."""
    text, last = find_current_text(db), _find_last(db)
    started = select(ImpactAssessment.valid_until).where(ImpactAssessment.assessed_on <= today)
    until = db.scalar(started.order_by(ImpactAssessment.valid_until.desc()).limit(1))
    is_valid = until is not None and until >= today
    days_left = None if last is None else (last.valid_until - today).days
    return FaceLaw(is_valid and text is not None, until, days_left, text)


def list_assessments(db: Session) -> Sequence[ImpactAssessment]:
    """Return all impact assessments, the one that ends last first."""
    return db.scalars(select(ImpactAssessment).order_by(ImpactAssessment.valid_until.desc())).all()


def list_texts(db: Session) -> Sequence[ConsentText]:
    """Return all consent texts, newest first."""
    return db.scalars(select(ConsentText).order_by(ConsentText.published_at.desc())).all()


def register_assessment(
    db: Session, *, new: NewAssessment, caller: Caller | None, author: str | None = None, now: datetime
) -> ImpactAssessment:
    """Register an impact assessment and return it. Faces are offered on its days, once there is a text.

    author: the person at the command line, where there is no caller. Raises AssessmentInvalid for days out of order, in
    the future, over already, or more than three years apart.
    """
    today = day_at_home(now)
    if new.assessed_on > today:
        raise AssessmentInvalid(field="assessed_on")
    if new.valid_until < today or new.valid_until - new.assessed_on > LONGEST:
        raise AssessmentInvalid(field="valid_until")
    row = ImpactAssessment(id=new_id(), registered_at=now, **vars(new))
    db.add(row)
    after = {"valid_until": new.valid_until.isoformat(), "approved_by": new.approved_by, "author": author}
    audit.record(db, caller, now, "impact_assessment.register", row, after=after)
    db.flush()
    return row


def publish_text(
    db: Session, *, version: str, text_zh: str, text_en: str, caller: Caller | None, author: str | None, now: datetime
) -> ConsentText:
    """Publish a new version of the consent text and return it. author: as in `register_assessment`.

    Raises ConsentVersionTaken.
    """
    row = publish(db, version=version, text_zh=text_zh, text_en=text_en, now=now)
    if row is None:
        raise ConsentVersionTaken(field="version")
    after = {"version": version, "sha256": row.sha256, "author": author}
    audit.record(db, caller, now, "consent_text.publish", ("consent_text", uuid.UUID(int=0)), after=after)
    return row


def take_due_warning(db: Session, *, today: date) -> FaceLaw | None:
    """Return the state if the operator must be warned now, and note it: 90 and 30 days before the end, and after it.

    Returns None if no warning is due, or it was given already.
    """
    last = _find_last(db)
    found = read(db, today=today)
    due = found.warns_at
    if last is None or due is None or (last.warned_at_days is not None and last.warned_at_days <= due):
        return None
    last.warned_at_days = due
    db.flush()
    return found


def _find_last(db: Session) -> ImpactAssessment | None:
    return db.scalars(select(ImpactAssessment).order_by(ImpactAssessment.valid_until.desc()).limit(1)).first()
