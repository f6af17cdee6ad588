"""Access tokens that this process has opened before.

Flask-JWT-Extended opens each token three times, which costs as much as a good part of saving an answer
(docs/decisions/0025-refresh-tokens.md), and a phone sends the same one for a quarter of an hour. Whether its sign-in
still holds is asked of the database each time all the same.
"""

import threading
from dataclasses import dataclass

from accounts.sign_in.sign_ins import Bearer

_MOST = 4096  # a few megabytes


@dataclass(frozen=True, slots=True)
class OpenedToken:
    """What a good token says. ends_at: seconds since 1970, the first moment at which it is good no more."""

    bearer: Bearer
    is_for_password_change: bool
    ends_at: float


class TokenCache:
    """Good tokens by the header that brought them, the newest few thousand."""

    def __init__(self) -> None:
        self._opened: dict[str, OpenedToken] = {}
        self._turn = threading.Lock()

    def find(self, header: str, *, now: float) -> OpenedToken | None:
        """Return what this very header brought, if it is still good. now: seconds since 1970."""
        opened = self._opened.get(header)
        return opened if opened is not None and now < opened.ends_at else None

    def keep(self, header: str, opened: OpenedToken) -> None:
        """Remember what a header brought, once its token was verified."""
        with self._turn:
            self._opened[header] = opened
            if len(self._opened) > _MOST:
                del self._opened[next(iter(self._opened))]
