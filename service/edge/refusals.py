"""What an endpoint says of itself: which refusals it answers with."""

from collections.abc import Callable
from typing import Any, TypeVar

from service.edge.problem_catalogue import PROBLEMS

View = TypeVar("View", bound=Callable[..., Any])
Answer = dict[str, str | dict[str, dict[str, Any]]]


def refuses(*codes: str) -> Callable[[View], View]:
    """Document the codes an endpoint may answer with, beyond those that any endpoint has.

    Raises KeyError for a code that the catalogue doesn't have.
    """
    for code in codes:
        PROBLEMS[code]

    def mark(view: View) -> View:
        view.refusals = codes  # type: ignore[attr-defined]
        return view

    return mark


def another_answer(status: int, description: str, schema: dict[str, Any]) -> dict[int | str, Answer]:
    """Document a second way in which a call succeeds, for `api.doc(responses=...)`."""
    return {status: {"description": description, "content": {"application/json": {"schema": schema}}}}
