"""Venue screens: a link that shows the code of one session and the numbers of its room, and nothing else.

A screen gets the present code and the next four, so it goes on for a minute without network. Codes that are still to
come are good for nobody before their time.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.machines.credentials import check_works, hash_of, new_token
from attendance.machines.errors import MachineUnknown
from attendance.projects.access import OrganizedSession, get_session
from attendance.record.live_board import Board, read_board
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.venue_codes import STEP_SECONDS, ShownCode, VenueCodes
from foundation import audit
from foundation.callers import Caller
from foundation.errors import NotFound
from models.base import new_id
from models.projects import QrMode
from models.projects import Session as VenueSession
from models.venue_machines import Screen

_AHEAD = 4
"""So many codes after the present one: four of fifteen seconds are a minute."""


@dataclass(frozen=True)
class NewScreen:
    """A screen that was made. token: its secret, told only here; ends_at: the end of its session's last window."""

    screen: Screen
    token: str
    ends_at: datetime


@dataclass(frozen=True)
class ScreenView:
    """What a screen shows. codes: the present one and the next four; a printed code is alone; none when cancelled."""

    board: Board
    codes: Sequence[ShownCode]
    ends_at: datetime


def add_screen(db: Session, *, session: OrganizedSession, caller: Caller, now: datetime) -> NewScreen:
    """Make a screen of a session. Raises SessionCancelled; MachineEnded for a session that is over."""
    check_not_cancelled(session)
    check_works(session, revoked_at=None, ends_at=session.out_closes_at, now=now)
    token = new_token()
    made = Screen(id=new_id(), session_id=session.id, token_hash=hash_of(token), made_by=caller.person_id, made_at=now)
    db.add(made)
    audit.record(db, caller, now, "screen.add", made, after={"session": str(session.id)})
    db.flush()
    return NewScreen(made, token, session.out_closes_at)


def list_screens(db: Session, *, session: OrganizedSession, after: uuid.UUID | None, limit: int) -> Sequence[Screen]:
    """Return the screens of a session, oldest first, beginning after `after`."""
    wanted = select(Screen).where(Screen.session_id == session.id)
    if after is not None:
        wanted = wanted.where(Screen.id > after)
    return db.scalars(wanted.order_by(Screen.id).limit(limit)).all()


def revoke_screen(db: Session, *, screen_id: uuid.UUID, caller: Caller, now: datetime) -> None:
    """Revoke a screen: from now on it shows nothing. Raises NotFound, Forbidden."""
    screen = db.get(Screen, screen_id, with_for_update=True)
    if screen is None:
        raise NotFound
    get_session(db, session_id=screen.session_id, caller=caller)
    if screen.revoked_at is None:
        screen.revoked_at = now
        audit.record(db, caller, now, "screen.revoke", screen)
        db.flush()


def look(db: Session, *, token: str | None, codes: VenueCodes, now: datetime) -> ScreenView:
    """Return what the screen with this secret shows now. Raises MachineUnknown, MachineEnded."""
    found = None
    if token:
        wanted = select(Screen, VenueSession).join(VenueSession, VenueSession.id == Screen.session_id)
        found = db.execute(wanted.where(Screen.token_hash == hash_of(token))).first()
    if found is None:
        raise MachineUnknown
    screen, session = found
    check_works(session, revoked_at=screen.revoked_at, ends_at=session.out_closes_at, now=now)
    return ScreenView(read_board(db, session), _codes(session, codes, now), session.out_closes_at)


def _codes(session: VenueSession, codes: VenueCodes, now: datetime) -> list[ShownCode]:
    if session.cancelled_at is not None:
        return []
    if session.qr_mode is QrMode.PRINTED:
        return [codes.show(session, now)]
    steps = (now + timedelta(seconds=STEP_SECONDS * ahead) for ahead in range(_AHEAD + 1))
    return [codes.show(session, at) for at in steps]
