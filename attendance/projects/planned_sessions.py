"""The plan of a project's sessions as SQL conditions; `attendance/sessions/held.py` judges sessions one by one."""

from models.projects import Session as VenueSession

NOT_CANCELLED = VenueSession.cancelled_at.is_(None)
"""The condition that a session is not cancelled (停办). A cancelled session was never held."""
COUNTED = NOT_CANCELLED & VenueSession.counts
"""The condition that a session is planned to count. Whether it was closed before its start is asked elsewhere."""
