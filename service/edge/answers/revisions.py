"""Revisions of what is edited: the strong ETag of an answer, and the If-Match of an edit (RFC 9110, 13.1.1)."""

from typing import Any

from flask import request

IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that the edit is based on. Where it is no longer the present one: 412 `edited_meanwhile`.",
}
"""How the API describes it."""


def etag_of(revision: int) -> dict[str, str]:
    """Return the header that tells a revision."""
    return {"ETag": f'"{revision}"'}


def revisions_seen() -> frozenset[str] | None:
    """Return the revisions that the caller names in If-Match; None where any will do."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return frozenset(request.if_match.as_set())
