"""The headers of requests and answers, each described once."""

from collections.abc import Collection
from typing import Any

from service.edge.access import Access
from service.edge.answers.revisions import IF_MATCH
from service.edge.callers.bearers import OTP_HEADER
from service.edge.requests.idempotency import HEADER as IDEMPOTENCY_KEY

_PARAMETER = "#/components/parameters/"
_HEADER = "#/components/headers/"
_SAFE = ("get", "head", "options")

PARAMETERS: dict[str, dict[str, Any]] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "The language of texts for people, in errors and elsewhere: Chinese, or English where it is "
        "preferred.",
        "schema": {"type": "string"},
        "example": "en",
    },
    "IdempotencyKey": {
        "name": IDEMPOTENCY_KEY,
        "in": "header",
        "required": False,
        "description": "A random text for this request. An equal request with the same key is not run again and gets "
        "the same answer; another one is refused (`idempotency_key_reused`).",
        "schema": {"type": "string", "maxLength": 128, "pattern": "^[ -~]+$"},
        "example": "0193d3c8-6f1e-7cc0-8f0a-2f3f6d1f8a10",
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of what the client has. As long as it is the present one, the answer is 304 without a "
        "body.",
        "schema": {"type": "string"},
    },
    "IfMatch": IF_MATCH,
    "Otp": {
        "name": OTP_HEADER,
        "in": "header",
        "required": False,
        "description": "The second factor, where one is asked for again: a code of the app, a recovery code or, where "
        "`factors` says sms, an SMS code.",
        "schema": {"type": "string", "maxLength": 40},
    },
}
HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "The revision of what is shown.", "schema": {"type": "string"}},
    "Content-Disposition": {
        "description": "Asks a browser to save the answer as a file, and names it.",
        "schema": {"type": "string"},
    },
    "Idempotent-Replayed": {
        "description": "`true`: the answer to an earlier request with this Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "After how many seconds to try again, with 429 and 503.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Content-Language": {
        "description": "The language of title, detail and hint.",
        "schema": {"$ref": "#/components/schemas/Language"},
    },
}


def parameters_of(method: str, access: Access, refusals: Collection[str], *, may_be_as_it_was: bool) -> list[Any]:
    """Return the references to the request headers that an operation looks at. may_be_as_it_was: it answers 304."""
    wanted = ["AcceptLanguage"]
    if is_repeatable(method, access, refusals):
        wanted.append("IdempotencyKey")
    if may_be_as_it_was:
        wanted.append("IfNoneMatch")
    if "edited_meanwhile" in refusals:
        wanted.append("IfMatch")
    if access.asks_otp or ("otp_required" in refusals and not access.is_public):
        wanted.append("Otp")
    return [{"$ref": _PARAMETER + name} for name in wanted]


def is_repeatable(method: str, access: Access, refusals: Collection[str]) -> bool:
    """Return whether the operation looks at an Idempotency-Key."""
    return method not in _SAFE and (access.keeps_reply or "idempotency_key_reused" in refusals)


def headers_of(*names: str) -> dict[str, Any]:
    """Return the references to headers of an answer, as its `headers`."""
    return {name: {"$ref": _HEADER + name} for name in names}
