"""Tells people what staff did about their check-in: who, for which time, and why."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.door.by_hand import StaffStatement
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
    statement: StaffStatement,
    *,
    caller: Caller,
    now: datetime,
) -> None:
    """Write a notice to each of these people. statement: what staff said, with the reason."""
    facts = {"direction": statement.direction.value, "made_by": str(caller.person_id), "reason": statement.reason}
    if statement.at is not None:
        facts["when"] = statement.at.isoformat()
    inbox.tell(db, people, News(topic, now, session.project_id, session.id, facts=facts))
