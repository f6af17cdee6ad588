"""A brake on guessing venue codes where nobody is signed in, and so nobody can be held back but the session itself."""

import threading
import uuid
from datetime import datetime, timedelta

_WINDOW = timedelta(minutes=1)
_LIMIT = 60


class CodeGuessLimiter:
    """Counts wrong codes by session, in memory: a page that is only looked at must change nothing that lasts.

    Sixty a minute and process leave a guesser of eight digits, two of which are good at any time, one chance in ten
    thousand in an hour; while the brake holds, signed-in people scan as ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: dict[uuid.UUID, tuple[datetime, int]] = {}

    def holds(self, session_id: uuid.UUID, now: datetime) -> bool:
        """Return whether codes of this session are not judged for now."""
        since, count = self._wrong.get(session_id, (now, 0))
        return count >= _LIMIT and timedelta(0) <= now - since < _WINDOW

    def count(self, session_id: uuid.UUID, now: datetime) -> None:
        """Count one wrong code."""
        with self._lock:
            since, count = self._wrong.get(session_id, (now, 0))
            is_running = timedelta(0) <= now - since < _WINDOW
            self._wrong[session_id] = (since, count + 1) if is_running else (now, 1)
