"""A cache of the access tokens that this process has verified.

Flask-JWT-Extended decodes each token three times, which takes a large share of the time to save an answer
(docs/decisions/0025-refresh-tokens.md). A phone sends the same token for fifteen minutes. Each request still checks in
the database that the sign-in has not ended.
"""

import threading
from dataclasses import dataclass

from accounts.sign_in.sign_ins import Bearer

_MOST = 4096  # a few megabytes


@dataclass(frozen=True, slots=True)
class OpenedToken:
    """The content of a verified token. ends_at: the time from which it is not valid, in seconds since 1970.

    is_learner: whether its owner had no role beyond learner when they were last looked up with it; False before that,
    and for a sign-in by ID number, which is looked up each time.
    """

    bearer: Bearer
    is_for_password_change: bool
    ends_at: float
    is_learner: bool = False


class TokenCache:
    """The few thousand newest verified tokens, by their Authorization header."""

    def __init__(self) -> None:
        self._opened: dict[str, OpenedToken] = {}
        self._turn = threading.Lock()

    def find(self, header: str, *, now: float) -> OpenedToken | None:
        """Return the token of this header if it is still valid, else None. now: seconds since 1970."""
        opened = self._opened.get(header)
        return opened if opened is not None and now < opened.ends_at else None

    def keep(self, header: str, opened: OpenedToken) -> None:
        """Store the verified token of a header. The oldest token is dropped when the cache is full."""
        with self._turn:
            self._opened[header] = opened
            if len(self._opened) > _MOST:
                del self._opened[next(iter(self._opened))]
