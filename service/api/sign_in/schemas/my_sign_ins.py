"""Bodies of one's own sign-ins and of failed ones."""

import uuid
from datetime import datetime
from typing import Self

from foundation.callers import Caller
from models.accounts import SignIn
from models.sign_in_proofs import SignInFailure
from service.edge.answers.bodies import Out
from service.edge.answers.paging import ListOut


class SignInOut(Out):
    """A sign-in. device: its kind in words, empty if it is not known. last_used_at: at most some minutes late."""

    id: uuid.UUID
    method: str
    device: str
    created_at: datetime
    last_used_at: datetime | None
    current: bool

    @classmethod
    def of(cls, row: SignIn, caller: Caller) -> Self:
        """Return what a sign-in looks like to its owner."""
        return cls(
            id=row.id,
            method=row.method,
            device=row.device,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            current=row.id == caller.sign_in_id,
        )


class SignInList(ListOut):
    """Sign-ins that have not ended."""

    items: list[SignInOut]
    next_cursor: str | None


class FailedSignInOut(Out):
    """A failed sign-in: never what was typed."""

    id: uuid.UUID
    at: datetime
    device: str
    reason: SignInFailure


class FailedSignInList(ListOut):
    """Failed sign-ins. left_out_today: how many more failed within a day than are kept."""

    items: list[FailedSignInOut]
    next_cursor: str | None
    left_out_today: int
