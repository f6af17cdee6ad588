"""What the tests of planning share with others."""

from datetime import timedelta
from typing import Any

from models.projects import Session as VenueSession


def plan_of(session: VenueSession, **by: float) -> dict[str, Any]:
    """The plan of a session as a client sends it, moved by `timedelta(**by)`."""
    move = timedelta(**by)
    return {
        "title": session.title,
        "venue": "二号会议厅",
        "starts_at": (session.starts_at + move).isoformat(),
        "ends_at": (session.ends_at + move).isoformat(),
    }
