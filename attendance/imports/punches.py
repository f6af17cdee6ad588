"""Punches of attendance machines (考勤机): the time of a row gives its session, and the row becomes a check-in."""

import uuid
import zoneinfo
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from attendance.check_in.receipts import Receipts
from attendance.imports.rows import NUMBER, SESSION, TIME, add_error
from attendance.sessions.windows import status_of
from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction
from models.base import new_id
from models.imports import ImportRow, RowOutcome
from models.people import Person
from models.projects import Project, RosterEntry
from models.projects import Session as VenueSession
from sheets.meanings import local_time_of

_CheckInKey = tuple[uuid.UUID, uuid.UUID, Direction]


def check(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime) -> None:
    """Find the person of each row on the roster, and its session by the time of the machine."""
    sessions = db.scalars(select(VenueSession).where(VenueSession.project_id == project.id)).all()
    numbers = [row.cme_number for row in rows]
    expected = (
        select(Person.cme_number, Person.id)
        .join(RosterEntry, RosterEntry.person_id == Person.id)
        .where(RosterEntry.project_id == project.id, Person.cme_number.in_(numbers))
    )
    people = {row.cme_number: row.id for row in db.execute(expected)}
    for row in rows:
        row.person_id = people.get(row.cme_number)
        if row.person_id is None and row.cme_number is not None:
            add_error(row, NUMBER, "person_not_on_roster")
        if not row.has_errors:
            _find_session(row, sessions, now)


def commit(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime, *, receipts: Receipts) -> None:
    """Create the check-ins that don't exist yet. project: locked.

    A punch replaces no check-in, except a void one and a machine's check-in whose import was undone.
    """
    sessions = {each.id: each for each in db.scalars(select(VenueSession).where(VenueSession.project_id == project.id))}
    existing, new_keys = _existing_check_ins(db, rows), set[_CheckInKey]()
    made: list[tuple[CheckIn, CheckInAttempt]] = []
    for row in rows:
        assert row.person_id is not None and row.session_id is not None and row.punch is not None  # noqa: S101, PT018
        at, direction = datetime.fromisoformat(row.punch["at"]), Direction(row.punch["direction"])
        key = row.session_id, row.person_id, direction
        found = existing.get(key)
        if sessions[row.session_id].cancelled_at is not None:  # since the check of the file
            row.outcome = RowOutcome.LEFT_OUT
            continue
        if key in new_keys or (found is not None and not _is_free(found)):
            row.outcome = RowOutcome.ALREADY
            continue
        status = status_of(sessions[row.session_id], direction, at)
        check_in = found or CheckIn(
            id=new_id(), session_id=row.session_id, person_id=row.person_id, direction=direction
        )
        new_keys.add(key)
        made.append((check_in, _attempt(row, direction, at, status)))
        row.outcome, row.made_id = RowOutcome.ADDED, check_in.id
    db.add_all(attempt for _, attempt in made)
    db.flush()  # attempts first: SQLAlchemy doesn't know that check-ins refer to them
    for check_in, attempt in made:
        check_in.status, check_in.method = CheckInStatus(attempt.result), CheckInMethod.MACHINE
        check_in.scanned_at = check_in.checked_in_at = attempt.attempted_at
        check_in.attempt_id = attempt.id
        check_in.receipt = receipts.sign(check_in, now)
        db.add(check_in)
    db.flush()


def undo(db: Session, project: Project, rows: Sequence[ImportRow], now: datetime, *, receipts: Receipts) -> None:
    """Reject the check-ins of these rows. A check-in that was replaced since stays. project: locked."""
    made = {row.made_id: row for row in rows if row.outcome is RowOutcome.ADDED}
    for row in made.values():
        row.outcome = RowOutcome.KEPT
    mine = CheckIn.id.in_(made), CheckIn.method == CheckInMethod.MACHINE
    for check_in in db.scalars(select(CheckIn).where(*mine).with_for_update()):
        check_in.status = CheckInStatus.REJECTED
        check_in.receipt = receipts.sign(check_in, now)
        made[check_in.id].outcome = RowOutcome.UNDONE
    db.flush()


def instant_of(text: str, zone: str) -> datetime | None:
    """Return the instant of a local time as machines and spreadsheets write it, or None."""
    local = local_time_of(text)
    return None if local is None else local.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


def _find_session(row: ImportRow, sessions: Sequence[VenueSession], now: datetime) -> None:
    assert row.punch is not None  # noqa: S101 - for the type checker: every punch row has one
    wanted = [each for each in sessions if row.punch["session"] in ("", each.title)]
    if not wanted:
        add_error(row, SESSION, "session_unknown")
        return
    instants = {each.id: instant_of(row.punch["time"], each.zone) for each in wanted}
    if None in instants.values():
        add_error(row, TIME, "time_unreadable")
        return
    found = [
        (each, direction, at)
        for each in wanted
        if (at := instants[each.id]) is not None
        for direction in _directions(row)
        if _is_in_window(each, direction, at)
    ]
    held = [each for each in found if each[0].cancelled_at is None]
    if found and not held:
        add_error(row, TIME, "session_cancelled")
        return
    found = held
    if not found:
        add_error(row, TIME, "no_session_then")
    elif len({each.id for each, _, _ in found}) > 1:
        add_error(row, SESSION, "session_ambiguous")
    elif found[0][2] > now:
        add_error(row, TIME, "time_in_future")
    else:
        session, direction, at = found[0]
        row.session_id = session.id
        row.punch = {**row.punch, "at": at.isoformat(), "direction": direction.value}


def _directions(row: ImportRow) -> Sequence[Direction]:
    given = row.punch and row.punch["direction"]
    return [Direction(given)] if given else list(Direction)


def _is_in_window(session: VenueSession, direction: Direction, at: datetime) -> bool:
    """Return whether the window was open. Closing a session later doesn't matter here."""
    if direction is Direction.IN:
        return session.in_opens_at <= at < session.in_closes_at
    return session.out_opens_at <= at < session.out_closes_at


def _attempt(row: ImportRow, direction: Direction, at: datetime, status: CheckInStatus) -> CheckInAttempt:
    return CheckInAttempt(
        id=new_id(),
        session_id=row.session_id,
        person_id=row.person_id,
        direction=direction,
        device_id=row.punch["device"] or None if row.punch else None,
        attempted_at=at,
        result=status.value,
    )


def _existing_check_ins(db: Session, rows: Sequence[ImportRow]) -> dict[_CheckInKey, CheckIn]:
    """Lock and return the existing check-ins of these people at these sessions."""
    wanted_keys = {(row.session_id, row.person_id) for row in rows}
    wanted = select(CheckIn).where(tuple_(CheckIn.session_id, CheckIn.person_id).in_(wanted_keys))
    found = db.scalars(wanted.order_by(CheckIn.id).with_for_update().execution_options(populate_existing=True))
    return {(each.session_id, each.person_id, each.direction): each for each in found}


def _is_free(check_in: CheckIn) -> bool:
    """Return whether a punch may replace the check-in: it is void, or an undone import rejected it.

    Nothing else rejects a machine's check-in.
    """
    is_undone = check_in.method is CheckInMethod.MACHINE and check_in.status is CheckInStatus.REJECTED
    return is_undone or check_in.status is CheckInStatus.VOID
