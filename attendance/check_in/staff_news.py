"""Tells people what staff did about their check-in: who, for which time, and why."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.check_in.by_hand import Seen
from foundation import inbox
from foundation.callers import Caller
from foundation.inbox import News
from models.notices import NoticeTopic
from models.projects import Session as VenueSession


def tell(
    db: Session,
    session: VenueSession,
    people: Collection[uuid.UUID],
    topic: NoticeTopic,
    seen: Seen,
    *,
    caller: Caller,
    now: datetime,
) -> None:
    """Write a notice to each of these people. seen: what staff said, with the reason."""
    facts = {"direction": seen.direction.value, "made_by": str(caller.person_id), "reason": seen.reason}
    if seen.at is not None:
        facts["when"] = seen.at.isoformat()
    inbox.tell(db, people, News(topic, now, session.project_id, session.id, facts=facts))
