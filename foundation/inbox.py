"""Writes notices into people's inboxes, in the transaction of what they tell of."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, String, Uuid, and_, delete, literal, or_, select, true
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from foundation.transactions import insert_rows
from models.base import UtcDateTime, new_id, words
from models.fresh_ids import fresh_id
from models.notices import Notice, NoticeTopic

REMINDERS = (
    NoticeTopic.SESSION_TOMORROW,
    NoticeTopic.CHECK_OUT_REMINDER,
    NoticeTopic.EVALUATION_REMINDER,
    NoticeTopic.EXAM_REMINDER,
)
"""What nobody needs to know once its time is over."""
_PLANS = (
    NoticeTopic.SESSION_MOVED,
    NoticeTopic.SESSION_CANCELLED,
    NoticeTopic.SESSION_RESTORED,
    NoticeTopic.PLACE_GIVEN,
)
"""What is about the plan of a project. The rest is about credits, decisions, the face or the sign-in."""
_KEPT_REMINDERS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class News:
    """What people are told. facts: plain JSON values that the words need besides names; the same for all of them.

    once: what nobody is told twice, whoever tells it, also from two machines at once; None where it may come again.
    """

    topic: NoticeTopic
    at: datetime
    project_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    settlement_id: uuid.UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    once: str | None = None


def tell(db: Session, people: Collection[uuid.UUID], news: News) -> int:
    """Add a notice for each of these people to the open transaction; return how many there are of them now.

    People who were told `once` before are left out.
    """
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "topic": news.topic,
            "at": news.at,
            "project_id": news.project_id,
            "session_id": news.session_id,
            "settlement_id": news.settlement_id,
            "facts": dict(news.facts),
            "once": news.once,
        }
        for person_id in sorted(set(people))  # two calls at once then wait for each other and never both
    ]
    return len(insert_rows(db, Notice, rows)) if rows else 0


def tell_all(db: Session, people: Select[uuid.UUID], news: News) -> None:
    """Add a notice for each person that `people` selects, in one statement. people: distinct ids.

    People who were told `once` before are left out.
    """
    who = people.subquery("told")
    (person_id,) = who.c
    columns = ["id", "person_id", "topic", "at", "project_id", "session_id", "settlement_id", "facts", "once"]
    values = select(
        fresh_id(),
        person_id,
        literal(news.topic, words(NoticeTopic)),
        literal(news.at, UtcDateTime),
        literal(news.project_id, Uuid),
        literal(news.session_id, Uuid),
        literal(news.settlement_id, Uuid),
        literal(dict(news.facts), JSON),
        literal(news.once, String),
    )
    insert = sqlite_insert if db.get_bind().dialect.name == "sqlite" else postgresql_insert
    # SQLite reads ON CONFLICT after a SELECT as a join, unless the SELECT has a WHERE
    made = insert(Notice).from_select(columns, values.where(true()).order_by(person_id))
    db.execute(made.on_conflict_do_nothing())


def has_old(db: Session, *, now: datetime, keep: timedelta) -> bool:
    """Return whether there is a notice to delete. keep: as in `delete_old`."""
    return db.scalar(select(Notice.id).where(_is_over(now, keep)).limit(1)) is not None


def delete_old(db: Session, *, now: datetime, keep: timedelta, most: int) -> int:
    """Delete some old notices, at most `most`; return how many.

    keep: how long a notice about a plan stays once it is read. One that is not read, and one about credits, decisions,
    the face or the sign-in, stays twice as long; a reminder two weeks.
    """
    ids = db.scalars(select(Notice.id).where(_is_over(now, keep)).order_by(Notice.at).limit(most)).all()
    if ids:
        db.execute(delete(Notice).where(Notice.id.in_(ids)))
    return len(ids)


def _is_over(now: datetime, keep: timedelta) -> ColumnElement[bool]:
    is_read_plan = and_(Notice.read_at.is_not(None), Notice.topic.in_(_PLANS))
    return or_(
        and_(Notice.at < now - _KEPT_REMINDERS, Notice.topic.in_(REMINDERS)),
        and_(Notice.at < now - keep, is_read_plan),
        Notice.at < now - 2 * keep,
    )
