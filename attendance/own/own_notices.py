"""The notices of a person, with the names and amounts that their words need."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from models.notices import Notice
from models.people import Person
from models.projects import Project
from models.projects import Session as VenueSession
from models.settlements import SettlementLine

MADE_BY = "made_by"
"""The fact of a notice with the id of who did what it tells of: names are those of now."""


@dataclass(frozen=True)
class ListedNotice:
    """A notice with what it is about. line: what a settled list gave the person; by: the name of who did it."""

    notice: Notice
    project: Project | None
    session: VenueSession | None
    line: SettlementLine | None
    by: str | None = None


@dataclass(frozen=True)
class NoticeKey:
    """The place of a notice in the list; a page begins after it."""

    at: datetime
    id: uuid.UUID


def list_notices(
    db: Session, *, person_id: uuid.UUID, is_unread: bool, after: NoticeKey | None, limit: int
) -> list[ListedNotice]:
    """Return the person's notices, newest first, beginning after `after`. is_unread: True for those alone."""
    wanted = (
        select(Notice, Project, VenueSession, SettlementLine)
        .outerjoin(Project, Project.id == Notice.project_id)
        .outerjoin(VenueSession, VenueSession.id == Notice.session_id)
        .outerjoin(
            SettlementLine,
            and_(SettlementLine.settlement_id == Notice.settlement_id, SettlementLine.person_id == Notice.person_id),
        )
        .where(Notice.person_id == person_id)
    )
    if is_unread:
        wanted = wanted.where(Notice.read_at.is_(None))
    if after is not None:
        earlier = Notice.at < after.at
        wanted = wanted.where(or_(earlier, and_(Notice.at == after.at, Notice.id < after.id)))
    rows = db.execute(wanted.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)).all()
    names = _names(db, {row[0].facts[MADE_BY] for row in rows if MADE_BY in row[0].facts})
    return [ListedNotice(*row, by=names.get(row[0].facts.get(MADE_BY, ""))) for row in rows]


def _names(db: Session, ids: Collection[str]) -> Mapping[str, str]:
    """Return the names of people by their ids as texts."""
    wanted = select(Person.id, Person.name).where(Person.id.in_([uuid.UUID(each) for each in ids]))
    return {str(ident): name for ident, name in db.execute(wanted)} if ids else {}


def count_unread(db: Session, person_id: uuid.UUID) -> int:
    """Return how many notices the person has not read."""
    wanted = select(func.count()).where(Notice.person_id == person_id, Notice.read_at.is_(None))
    return db.scalar(wanted) or 0


def mark_read(db: Session, *, person_id: uuid.UUID, ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Mark notices of the person as read. Ids of others are left out."""
    mine = Notice.person_id == person_id, Notice.id.in_(ids), Notice.read_at.is_(None)
    db.execute(update(Notice).where(*mine).values(read_at=now))
