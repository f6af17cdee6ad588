"""The schema of errors, and which codes an operation has."""

from collections.abc import Collection
from typing import Any

from service.edge.access import Access
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.document.headers import is_repeatable

ERRORS: dict[str, dict[str, Any]] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457 problem; `code` is stable, `hint` says what to do next, `errors` names fields. The "
        "facts that the person needs stand beside them by their names.",
        "required": ["type", "title", "status", "detail", "code", "hint"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"$ref": "#/components/schemas/ProblemCode"},
            "hint": {"type": "string"},
            "request_id": {"type": ["string", "null"]},
            "errors": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
            },
        },
    },
    "ProblemCode": {
        "type": "string",
        "description": "The codes of all errors; `GET /problems` has their words.",
        "enum": sorted(PROBLEMS),
    },
    "FieldError": {
        "type": "object",
        "description": "What is wrong with one field.",
        "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    },
    "Language": {"type": "string", "description": "A language of ours.", "enum": ["zh-CN", "en"]},
}
PROBLEM: dict[str, Any] = {
    "description": "A problem. `x-codes` of the operation lists the codes that it can have.",
    "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("Retry-After", "Content-Language")},
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_ALWAYS = ("bad_request", "invalid_input", "not_found", "method_not_allowed", "json_too_large", "busy", "storage_full")
_WITH_JSON = ("json_too_deep",)
_WITH_FORM = ("form_too_large",)
_WHEN_SIGNED_IN = ("token_invalid", "sign_in_idle", "password_change_required", "second_factor_required", "forbidden")
_OUT_OF_PROVINCE = "own_credits_only"
_WITH_OTP = ("otp_required", "otp_wrong", "too_many_attempts")


def codes_of(method: str, access: Access, refusals: Collection[str], *, has_body: bool) -> list[str]:
    """Return the codes of all errors of an operation, in alphabetical order."""
    codes = {*_ALWAYS, *refusals}
    if not access.is_public:
        codes |= set(_WHEN_SIGNED_IN)
        if not access.opens_to_out_of_province:
            codes.add(_OUT_OF_PROVINCE)
        if access.asks_otp:
            codes |= set(_WITH_OTP)
    if is_repeatable(method, access, refusals):
        codes.add("idempotency_key_reused")
    if has_body:
        takes = access.takes
        codes |= {"unsupported_media_type", *((takes.refusal, *_WITH_FORM) if takes.takes_upload else _WITH_JSON)}
    return sorted(codes)
