"""Photos that a failing network brings late: taken in time by the phone's word, and decided by staff.

A ticket carries the time of its scan. A phone without network keeps the photo and says when it took it; so the check-in
is not lost, and counts once staff have looked at both times.
"""

from datetime import datetime, timedelta

from attendance.attempts.errors import CapturedAtInvalid
from attendance.attempts.tickets import Ticket
from models.attendance import Direction
from models.projects import Session as VenueSession

_TOLERANCE = timedelta(seconds=1)  # tickets keep milliseconds, and phones may round to seconds


def check_captured_at(ticket: Ticket, session: VenueSession, captured_at: datetime, now: datetime) -> None:
    """Raise CapturedAtInvalid unless a photo was taken after the scan, before the ticket's end, and in the window."""
    facts = {
        "scanned_at": ticket.scanned_at.isoformat(),
        "expires_at": ticket.expires_at.isoformat(),
        "closes_at": closes_at(session, ticket.direction).isoformat(),
        "zone": session.zone,
    }
    if captured_at > now + _TOLERANCE:
        raise CapturedAtInvalid(field="captured_at", facts={"why": "future", **facts})
    if captured_at < ticket.scanned_at - _TOLERANCE:
        raise CapturedAtInvalid(field="captured_at", facts={"why": "before_scan", **facts})
    if captured_at >= closes_at(session, ticket.direction):
        raise CapturedAtInvalid(field="captured_at", facts={"why": "after_window", **facts})
    if captured_at > ticket.expires_at:
        raise CapturedAtInvalid(field="captured_at", facts={"why": "after_ticket", **facts})


def is_taken_late(ticket: Ticket, session: VenueSession, now: datetime, limit: timedelta) -> bool:
    """Return whether a photo is still taken after its ticket's end. limit: the time after the end of the window."""
    return ticket.expires_at <= now < closes_at(session, ticket.direction) + limit


def closes_at(session: VenueSession, direction: Direction) -> datetime:
    """Return the end of a window: the organizer's early closing, or the plan."""
    planned = session.in_closes_at if direction is Direction.IN else session.out_closes_at
    return planned if session.closed_at is None else min(planned, session.closed_at)
