"""Bodies of venue screens."""

import uuid
from datetime import datetime, timedelta

from attendance.machines.screens import NewScreen, ScreenView
from attendance.sessions.venue_codes import STEP_SECONDS
from service.edge.answers.bodies import Out
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut


class NewScreenOut(Out):
    """A screen that was made. url: the page for the screen; token: its secret, as bearer of `GET /screen`.

    Both are told only here. ends_at: when the screen ends with its session.
    """

    id: uuid.UUID
    url: str
    token: str
    ends_at: datetime

    @classmethod
    def of(cls, new: NewScreen, base_url: str) -> "NewScreenOut":
        """Return a new screen as a body."""
        return cls(id=new.screen.id, url=f"{base_url}/screen/{new.token}", token=new.token, ends_at=new.ends_at)


class ScreenOut(Out):
    """A screen of a session. revoked_at: null while it shows the code."""

    id: uuid.UUID
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime
    revoked_at: datetime | None


class ScreenList(ListOut):
    """A page of screens, oldest first."""

    items: list[ScreenOut]
    next_cursor: str | None


class ScreenCodeOut(Out):
    """A venue code and when a screen shows it. Both times are null for a printed code, which never changes."""

    url: str
    shown_from: datetime | None
    shown_until: datetime | None


class ScreenViewOut(Out):
    """What a venue screen shows: the session, the numbers of the room, and the present code with the next four.

    A screen without network goes on with them for a minute. codes: empty for a cancelled session.
    """

    now: datetime
    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    in_closes_at: datetime
    out_closes_at: datetime
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancellation_reason: str | None
    expected: int
    came: int
    late: int
    left: int
    needs_review: int
    codes: list[ScreenCodeOut]

    @classmethod
    def of(cls, view: ScreenView, now: datetime) -> "ScreenViewOut":
        """Return what a screen shows as a body."""
        board = {name: value for name, value in vars(view.board).items() if name in cls.model_fields}
        codes = [
            ScreenCodeOut(
                url=each.url,
                shown_from=each.expires_at and each.expires_at - timedelta(seconds=STEP_SECONDS),
                shown_until=each.expires_at,
            )
            for each in view.codes
        ]
        return cls(now=now, codes=codes, **board)
