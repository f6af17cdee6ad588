"""Documents the answers of an endpoint for OpenAPI: its error codes, its headers, and a second successful answer."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel

from service.edge.answers.problem_catalogue import PROBLEMS

View = TypeVar("View", bound=Callable[..., Any])
Answer = dict[str, str | dict[str, dict[str, Any]]]
MODEL = "x-model"
"""In place of the schema of an answer: its model, until the document is made."""


def refuses(*codes: str) -> Callable[[View], View]:
    """Return a decorator that documents the error codes of a view, in addition to those of all views.

    Raises KeyError if the catalogue does not have a code.
    """
    for code in codes:
        PROBLEMS[code]

    def mark(view: View) -> View:
        view.refusals = codes  # type: ignore[attr-defined]
        return view

    return mark


def tells(*headers: str) -> Callable[[View], View]:
    """Return a decorator that documents the headers of a view's successful answers."""

    def mark(view: View) -> View:
        view.tells = headers  # type: ignore[attr-defined]
        return view

    return mark


def another_answer(status: int, description: str, model: type[BaseModel]) -> dict[int | str, Answer]:
    """Return the documentation of a second successful answer, for `api.doc(responses=...)`."""
    return {status: {"description": description, "content": {"application/json": {"schema": {MODEL: model}}}}}


def also_as_page(model: type[BaseModel], *refusals: int) -> dict[int | str, Answer]:
    """Return the documentation of a view whose answer, and some refusals, come as a page for browsers too.

    refusals: their statuses. For `api.doc(responses=...)`.
    """

    def page_beside(kind: str, schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {kind: {"schema": schema}, "text/html": {"schema": {"type": "string"}}}

    answer = page_beside("application/json", {MODEL: model})
    answers: dict[int | str, Answer] = {200: {"description": "Successful response", "content": answer}}
    for status in refusals:
        problem = page_beside("application/problem+json", {"$ref": "#/components/schemas/Problem"})
        answers[status] = {"description": "The refusal, as a page or a problem", "content": problem}
    return answers
