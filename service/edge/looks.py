"""Looks of staff at data of people are entries of the audit trail.

`@looks_at("roster.look", "project")` stands above `@with_names` or the view, of a GET with `@signed_in(writes=True)`.
The answer is read in a transaction that takes no lock; the entry is written afterwards, and only for the first look of
some minutes (`foundation.audit.LOOKS_AGAIN`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from foundation import audit
from service.edge.calls import Call

P = ParamSpec("P")
Answer = TypeVar("Answer")


def looks_at(
    action: str, table: str | None = None
) -> Callable[[Callable[Concatenate[Call, P], Answer]], Callable[Concatenate[Call, P], Answer]]:
    """Return a decorator that writes a look at what the address names.

    table: of the thing whose id is in the address, as `project` for `project_id`; None for a list of the caller's unit.
    """

    def guard(view: Callable[Concatenate[Call, P], Answer]) -> Callable[Concatenate[Call, P], Answer]:
        @wraps(view)
        def answer(call: Call, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
            with call.reading():
                answered = view(call, *args, **kwargs)
            subject = ("unit", call.caller.unit_id) if table is None else (table, kwargs[f"{table}_id"])
            audit.look(call.db, call.caller, call.now, action, subject)  # type: ignore[arg-type] # ids by Flask
            return answered

        return answer

    return guard
