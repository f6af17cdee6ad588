"""The first argument of a view: the database session, the time, the components and the caller of its request."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from accounts.sign_in.sign_ins import Bearer
from foundation.callers import Caller
from foundation.transactions import read_only
from service.edge.components import Components

Machine = TypeVar("Machine")


@dataclass(frozen=True)
class PublicCall:
    """A call without sign-in. now: the time of the call, taken after its body has arrived; all rules use it."""

    db: Session
    now: datetime
    components: Components

    def reading(self) -> AbstractContextManager[None]:
        """Return a context for a transaction that only reads. A view that writes uses it before slow work."""
        return read_only(self.db)


@dataclass(frozen=True)
class WritingCall(PublicCall):
    """A call of a public GET that uses up what its address names, and commits that before it answers."""

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Return a context for one transaction that writes. It is committed as the context ends."""
        try:
            yield
            self.db.commit()
        except BaseException:
            self.db.rollback()
            raise


@dataclass(frozen=True)
class Call(PublicCall):
    """A call by a signed-in person."""

    caller: Caller


@dataclass(frozen=True)
class MachineCall(PublicCall, Generic[Machine]):
    """A call by a machine of the hall. machine: what its credential opened."""

    machine: Machine


@dataclass(frozen=True)
class BearerCall(PublicCall):
    """A call with a good token. It is not yet checked that the sign-in is still valid."""

    bearer: Bearer
    look_up: Callable[[], Caller] = field(repr=False)

    @cached_property
    def caller(self) -> Caller:
        """The signed-in person. Raises TokenInvalid if the sign-in has ended."""
        with self.reading():
            return self.look_up()
