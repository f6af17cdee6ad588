"""Punches of attendance machines (考勤机): the time of a row gives its session, and the row becomes an observation."""

import re
import uuid
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from attendance.attempts import observations
from attendance.attempts.directions import Punch, choose_direction, open_for
from attendance.attempts.receipts import Receipts
from attendance.imports.rows import NAME, NUMBER, SESSION, TIME, add_error, leave_out
from models.attendance import Direction, MachineObservation
from models.base import new_id
from models.imports import ImportRow, RowOutcome
from models.people import Person
from models.projects import Project, RosterEntry
from models.projects import Session as VenueSession
from sheets.meanings import local_time_of, person_name_of

_HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


def check(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Find the person of each row on the roster, and its session by the time of the machine.

    A machine at the door writes down everybody who passes. So a person who isn't on the roster, and a time at which no
    session was open or more than one, are left out, with a finding, and don't block the file. So is a number to which
    the machine gave the name of somebody else.
    """
    sessions = _sessions(db, project)
    numbers = [row.cme_number for row in rows]
    expected = (
        select(Person.cme_number, Person.id, Person.name)
        .join(RosterEntry, RosterEntry.person_id == Person.id)
        .where(RosterEntry.project_id == project.id, Person.cme_number.in_(numbers))
    )
    people = {row.cme_number: (row.id, row.name) for row in db.execute(expected)}
    for row in rows:
        row.person_id, name = people.get(row.cme_number, (None, None))
        if not row.has_errors:
            _find_session(row, project, sessions, now)
        if row.person_id is None and not row.has_errors:
            leave_out(row, NUMBER, "person_not_on_roster")
        elif name is not None and _is_of_another(row, name) and not row.has_errors:
            leave_out(row, NAME, "name_mismatch")
        row.name = None  # a machine at the door has the names of strangers: none is kept


def commit(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime, *, receipts: Receipts) -> None:
    """Store an observation for each row, and have the check-ins follow. project: locked.

    Rows of sessions that were cancelled since the check are left out, and so are those that are in no window of their
    session any more, because it was moved since.
    """
    sessions = {each.id: each for each in _sessions(db, project)}
    for row in rows:
        assert row.person_id is not None and row.session_id is not None and row.punch is not None  # noqa: S101, PT018
        session, at, said = sessions[row.session_id], datetime.fromisoformat(row.punch["at"]), _said(row)
        direction = _direction_at(session, at, said, project)
        if session.cancelled_at is not None or direction is None:
            leave_out(row, TIME, "no_session_then" if session.cancelled_at is None else "session_cancelled")
            row.session_id = None
            continue
        made = MachineObservation(
            id=new_id(),
            session_id=session.id,
            person_id=row.person_id,
            at=at,
            said=said,
            direction=direction,
            device_id=row.punch["device"] or None,
            import_id=row.import_id,
            row=row.number,
        )
        db.add(made)
        row.outcome, row.made_id = RowOutcome.ADDED, made.id
    _follow(db, project, rows, receipts, now)


def undo(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime, *, receipts: Receipts) -> None:
    """Delete the observations of these rows: check-ins are again as without them. project: locked."""
    made = [row for row in rows if row.outcome is RowOutcome.ADDED]
    for row in made:
        row.outcome = RowOutcome.UNDONE
    numbers = {row.import_id: [each.number for each in made if each.import_id == row.import_id] for row in made}
    for import_id, mine in numbers.items():
        db.execute(
            delete(MachineObservation).where(
                MachineObservation.import_id == import_id, MachineObservation.row.in_(mine)
            )
        )
    _follow(db, project, made, receipts, now)


def _is_of_another(row: ImportRow, name: str) -> bool:
    """Return whether the file names somebody else. A name without ideographs is a machine's own spelling."""
    said = person_name_of(row.name or "")
    return _HAN.search(said) is not None and said != person_name_of(name)


def instant_of(text: str, zone: str) -> datetime | None:
    """Return the instant of a local time as machines and spreadsheets write it, or None."""
    local = local_time_of(text)
    return None if local is None else local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


def _follow(db: Session, project: Project, rows: Sequence[ImportRow], receipts: Receipts, now: datetime) -> None:
    keys = {(row.session_id, row.person_id) for row in rows if row.session_id is not None and row.person_id is not None}
    sessions: dict[uuid.UUID, VenueSession] = {each.id: each for each in _sessions(db, project)}
    observations.follow(db, sessions, keys, receipts=receipts, now=now)


def _sessions(db: Session, project: Project) -> Sequence[VenueSession]:
    return db.scalars(select(VenueSession).where(VenueSession.project_id == project.id)).all()


def _said(row: ImportRow) -> Direction | None:
    """Return the direction that the file names for a row; None where the windows decide."""
    said = row.punch and row.punch["direction"]
    return Direction(said) if said else None


def _direction_at(session: VenueSession, at: datetime, said: Direction | None, project: Project) -> Direction | None:
    """Return the direction of a punch by the windows of the session as they are now; None if it is in none of them.

    Where the project asks for no check-out, a punch is going out only if the file says so: else who comes to the second
    session would be going out of the first.
    """
    open_then = open_for(session, Punch(at))
    if not project.needs_check_out and said is None:
        open_then -= {Direction.OUT}
    return choose_direction(open_then, wanted=said, is_in=False)


def _find_session(row: ImportRow, project: Project, sessions: Sequence[VenueSession], now: datetime) -> None:
    assert row.punch is not None  # noqa: S101 - for the type checker: every punch row has one
    wanted = [each for each in sessions if row.punch["session"] in ("", each.title)]
    if not wanted:
        add_error(row, SESSION, "session_unknown")
        return
    instants = {each.id: instant_of(row.punch["time"], each.zone) for each in wanted}
    said = _said(row)
    found = []
    for each in wanted:
        at = instants[each.id]
        if at is None:
            add_error(row, TIME, "time_unreadable")
            return
        if _direction_at(each, at, said, project) is not None:
            found.append((each, at))
    held = [each for each in found if each[0].cancelled_at is None]
    if found and not held:
        leave_out(row, TIME, "session_cancelled")
        return
    found = held
    if not found:
        leave_out(row, TIME, "no_session_then")
    elif len(found) > 1:
        leave_out(row, SESSION, "session_ambiguous")
    elif found[0][1] > now:
        add_error(row, TIME, "time_in_future")
    else:
        session, at = found[0]
        row.session_id = session.id
        row.punch = {**row.punch, "at": at.isoformat()}
