"""Limits wrong venue codes without sign-in. As the person is unknown, the limit is for each session."""

import threading
import uuid
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)
_LIMIT = 60


class CodeGuessLimiter:
    """Counts wrong codes by session, in memory: the scan page is a GET and must write nothing to the database.

    A code has eight digits, and two codes are valid at a time. Sixty tries a minute in each process give an attacker a
    chance of about one in ten thousand in an hour. During the pause signed-in people can still scan.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: dict[uuid.UUID, tuple[datetime, int]] = {}

    def holds(self, session_id: uuid.UUID, now: datetime) -> bool:
        """Return whether codes of this session are not checked for now."""
        since, count = self._wrong.get(session_id, (now, 0))
        return count >= _LIMIT and timedelta(0) <= now - since < _WINDOW

    def count(self, session_id: uuid.UUID, now: datetime) -> None:
        """Count one wrong code."""
        with self._lock:
            since, count = self._wrong.get(session_id, (now, 0))
            is_running = timedelta(0) <= now - since < _WINDOW
            self._wrong[session_id] = (since, count + 1) if is_running else (now, 1)
