"""What a view is handed as its first argument: one object with all that it needs of its request."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from accounts.sign_in.sign_ins import Bearer
from foundation.callers import Caller
from foundation.transactions import read_only
from service.edge.components import Components


@dataclass(frozen=True)
class PublicCall:
    """A call by anybody. now: the one moment at which all of it happens, taken once its body has arrived."""

    db: Session
    now: datetime
    components: Components

    def reading(self) -> AbstractContextManager[None]:
        """Read in a transaction of its own, for a view that writes: what follows it may be slow, and locks nothing."""
        return read_only(self.db)


@dataclass(frozen=True)
class Call(PublicCall):
    """A call by a signed-in person."""

    caller: Caller


@dataclass(frozen=True)
class BearerCall(PublicCall):
    """A call by whom a good token names; nobody has asked yet whether their sign-in still holds."""

    bearer: Bearer
    look_up: Callable[[], Caller] = field(repr=False)

    @cached_property
    def caller(self) -> Caller:
        """The signed-in person. Raises TokenInvalid where the sign-in holds no more."""
        with self.reading():
            return self.look_up()
