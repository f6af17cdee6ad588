"""Writes notices into people's inboxes, in the transaction of what they tell of."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Select, Uuid, insert, literal, select
from sqlalchemy.orm import Session

from models.base import UtcDateTime, new_id, words
from models.fresh_ids import fresh_id
from models.notices import Notice, NoticeTopic


@dataclass(frozen=True, slots=True)
class News:
    """What people are told. facts: plain JSON values that the words need besides names; the same for all of them."""

    topic: NoticeTopic
    at: datetime
    project_id: uuid.UUID | None = None
    session_id: uuid.UUID | None = None
    settlement_id: uuid.UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def tell(db: Session, people: Collection[uuid.UUID], news: News) -> None:
    """Add a notice for each of these people to the open transaction."""
    for person_id in dict.fromkeys(people):
        db.add(
            Notice(
                id=new_id(),
                person_id=person_id,
                topic=news.topic,
                at=news.at,
                project_id=news.project_id,
                session_id=news.session_id,
                settlement_id=news.settlement_id,
                facts=dict(news.facts),
            )
        )
    db.flush()


def tell_all(db: Session, people: Select[uuid.UUID], news: News) -> None:
    """Add a notice for each person that `people` selects, in one statement. people: distinct ids."""
    who = people.subquery("told")
    (person_id,) = who.c
    columns = ["id", "person_id", "topic", "at", "project_id", "session_id", "settlement_id", "facts"]
    values = select(
        fresh_id(),
        person_id,
        literal(news.topic, words(NoticeTopic)),
        literal(news.at, UtcDateTime),
        literal(news.project_id, Uuid),
        literal(news.session_id, Uuid),
        literal(news.settlement_id, Uuid),
        literal(dict(news.facts), JSON),
    )
    db.execute(insert(Notice).from_select(columns, values))
