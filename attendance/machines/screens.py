"""Venue screens: a link that shows the code of one session and the numbers of its room, and nothing else.

A screen gets the present code and the next four, so it goes on for a minute without network. Codes that are still to
come are good for nobody before their time.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from attendance.machines.credentials import hash_of, new_token
from attendance.machines.lifecycle import check_works, open_machine
from attendance.projects.access import OrganizedSession
from attendance.room.live_board import Board, read_board
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.venue_codes import STEP_SECONDS, ShownCode, VenueCodes
from foundation import audit
from foundation.callers import Caller
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


def add_screen(
    db: Session, *, session: OrganizedSession, staff_id: uuid.UUID | None, caller: Caller, now: datetime
) -> NewScreen:
    """Make a screen of a session. Raises SessionCancelled; MachineEnded for a session that is over.

    staff_id: the assignment by which the caller makes it; None for an organizer.
    """
    check_not_cancelled(session)
    check_works(session, revoked_at=None, ends_at=session.out_closes_at, now=now)
    token = new_token()
    made = Screen(
        id=new_id(),
        session_id=session.id,
        token_hash=hash_of(token),
        made_by=caller.person_id,
        made_at=now,
        staff_id=staff_id,
    )
    db.add(made)
    audit.record(db, caller, now, "screen.add", made, after={"session": str(session.id)})
    db.flush()
    return NewScreen(made, token, session.out_closes_at)


def look(db: Session, *, token: str | None, codes: VenueCodes, now: datetime) -> ScreenView:
    """Return what the screen with this secret shows now. Raises MachineUnknown, MachineEnded."""
    screen, session = open_machine(db, Screen, token=token, now=now)
    check_works(session, revoked_at=screen.revoked_at, ends_at=session.out_closes_at, now=now)
    return ScreenView(read_board(db, session), _codes(session, codes, now))


def _codes(session: VenueSession, codes: VenueCodes, now: datetime) -> list[ShownCode]:
    if session.cancelled_at is not None:
        return []
    if session.qr_mode is QrMode.PRINTED:
        return [codes.show(session, now)]
    steps = (now + timedelta(seconds=STEP_SECONDS * ahead) for ahead in range(_AHEAD + 1))
    return [codes.show(session, at) for at in steps]
