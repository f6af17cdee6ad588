"""Counts wrong venue codes without sign-in, and tells the operator. Nobody is stopped by the guesses of strangers."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
FIRST_ALARM = 60
"""So many wrong codes of one session within a minute tell the operator; then each doubling of it."""

Alarm = Callable[[uuid.UUID, int], None]


class WrongCodes:
    """Counts wrong codes by session, in memory: the scan page is a GET and must write nothing to the database.

    A code has eight digits, and two codes are valid at a time: a thousand guesses a second find one in half a day, and
    what they find is a scan without a person. Tickets are braked by person. alarm: called with the session and the
    number of wrong codes of this minute.
    """

    def __init__(self, alarm: Alarm) -> None:
        self._alarm = alarm
        self._lock = threading.Lock()
        self._wrong: dict[uuid.UUID, tuple[datetime, int]] = {}

    def count(self, session_id: uuid.UUID, now: datetime) -> None:
        """Count one wrong code."""
        with self._lock:
            since, count = self._wrong.get(session_id, (now, 0))
            is_running = timedelta(0) <= now - since < WINDOW
            since, count = (since, count + 1) if is_running else (now, 1)
            self._wrong[session_id] = since, count
        times, rest = divmod(count, FIRST_ALARM)
        if rest == 0 and times.bit_count() == 1:  # 60, 120, 240, 480, ...
            self._alarm(session_id, count)
