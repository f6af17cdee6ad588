"""What a ticket needs to know of a scanned session and its person: one statement, and the rules that follow from it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, exists, select
from sqlalchemy.orm import Session

from accounts.face_errors import FaceNotEnrolled
from attendance.attempts.check_in_rows import COUNTING
from attendance.attempts.directions import choose_direction, open_directions
from attendance.errors import NoPlace, NotOnRoster, QrInvalid, SessionNotOpen
from attendance.projects.closed import not_announced
from attendance.projects.states import NOT_ANNOUNCED, OVER
from attendance.sessions.held import check_not_cancelled
from models.attendance import CheckIn, Direction
from models.faces import FaceTemplate, TemplateStatus
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole, SessionPlace
from models.projects import Session as VenueSession
from models.scans import LocationConsent


@dataclass(frozen=True)
class ScanFacts:
    """A session, and the facts about a person at it. agrees_to_location: whether their consent is in force.

    is_open: whether the scan may put them on the roster.
    """

    session: VenueSession
    status: ProjectStatus
    is_on_roster: bool
    is_enrolled: bool
    is_in: bool
    lacks_place: bool
    agrees_to_location: bool
    is_open: bool


_Selected = Select[VenueSession, ProjectStatus, bool, bool, bool, bool, bool, bool]


def look_up_by_code(db: Session, short_code: str, *, person_id: uuid.UUID) -> ScanFacts:
    """Return the facts about the session of a code. Raises QrInvalid if there is none."""
    return _look_up(db, _BY_SHORT_CODE, {"person_id": person_id, "short_code": short_code})


def look_up_by_id(db: Session, session_id: uuid.UUID, *, person_id: uuid.UUID) -> ScanFacts:
    """Return the facts about a session. Raises QrInvalid if it is gone."""
    return _look_up(db, _BY_ID, {"person_id": person_id, "session_id": session_id})


def find_direction(facts: ScanFacts, scanned_at: datetime, wanted: Direction | None) -> Direction | None:
    """Return the direction of a scan: the wanted one, or that of the open window; None if no window is open."""
    open_now = open_directions(facts.session, scanned_at)
    return choose_direction(open_now, wanted=wanted, is_in=facts.is_in)


def check_may_scan(facts: ScanFacts, direction: Direction | None) -> Direction:
    """Return the direction of the ticket. Raises the first refusal that applies, all but those of the place."""
    if not (facts.is_on_roster or facts.is_open):
        raise NotOnRoster
    if facts.status in NOT_ANNOUNCED:
        raise not_announced(facts.status)
    check_not_cancelled(facts.session)
    if not facts.is_enrolled:
        raise FaceNotEnrolled
    if facts.lacks_place and facts.is_on_roster and not facts.is_in:
        raise NoPlace
    if direction is None or facts.status in OVER:
        raise SessionNotOpen
    return direction


def select_facts(which: ColumnElement[bool]) -> _Selected:
    """Return one statement for a session, its project's status, and the facts about a person at it.

    Its parameters are `person_id` and those of `which`.
    """
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    is_on_roster = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    is_enrolled = exists().where(FaceTemplate.person_id == person_id, FaceTemplate.status == TemplateStatus.ACTIVE)
    is_in = exists().where(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == Direction.IN,
        CheckIn.status.in_(COUNTING),
    )
    speaks = is_on_roster.where(RosterEntry.role == RosterRole.SPEAKER)
    has_place = exists().where(
        SessionPlace.session_id == VenueSession.id, SessionPlace.person_id == person_id, ~SessionPlace.is_waiting
    )
    lacks_place = and_(VenueSession.capacity.is_not(None), ~has_place, ~speaks)
    agrees = exists().where(LocationConsent.person_id == person_id, LocationConsent.withdrawn_at.is_(None))
    facts = select(VenueSession, Project.status, is_on_roster, is_enrolled, is_in, lacks_place, agrees, Project.is_open)
    return facts.join(Project, Project.id == VenueSession.project_id).where(which)


# Built once: building a statement takes longer than running it.
_BY_ID = select_facts(VenueSession.id == bindparam("session_id"))
_BY_SHORT_CODE = select_facts(VenueSession.short_code == bindparam("short_code"))


def _look_up(db: Session, facts: _Selected, about: Mapping[str, Any]) -> ScanFacts:
    found = db.execute(facts, about).first()
    if found is None:
        raise QrInvalid(field="qr")
    return facts_of(found)


def facts_of(row: Sequence[Any]) -> ScanFacts:
    """Return the facts in the first columns of a row of `select_facts`."""
    session, status, *facts_of_person = row[:8]
    return ScanFacts(session, status, *map(bool, facts_of_person))
