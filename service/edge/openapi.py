"""The OpenAPI 3.1 document at /api/openapi.json, and two pages for people from the same data."""

import threading
from typing import Any, cast

from apiflask import APIFlask
from flask import render_template

from service.edge.access import Access, public
from service.edge.bearers import OTP_HEADER
from service.edge.calls import PublicCall
from service.edge.problem_catalogue import PROBLEMS
from service.edge.refusals import refuses
from service.edge.revisions import IF_MATCH

_DOCUMENT = "/api/openapi.json"
OPTIONS: dict[str, Any] = {
    "spec_path": "/openapi.json",
    "openapi_blueprint_url_prefix": "/api",
    "docs_path": None,  # the library's pages load scripts from other servers; ours have none
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem; `code` is stable, `hint` says what to do next, `errors` names fields. The facts "
    "that the person needs, such as counts or a last day, stand beside them by their names.",
    "required": ["type", "title", "status", "detail", "code", "hint"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(PROBLEMS)},
        "hint": {"type": "string"},
        "request_id": {"type": ["string", "null"]},
        "row": {"type": ["integer", "null"]},
        "column": {"type": ["string", "null"]},
        "limit_bytes": {"type": ["integer", "null"]},
        "limit_fields": {"type": "integer"},
        "limit_levels": {"type": "integer"},
        "advice": {"type": "array", "items": {"type": "string"}},
        "errors": {
            "type": "object",
            "additionalProperties": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
                },
            },
        },
    },
}
_ALWAYS = ("bad_request", "invalid_input", "not_found", "method_not_allowed", "json_too_large", "busy", "storage_full")
_WITH_JSON = ("json_too_deep",)
_WITH_FORM = ("form_too_large",)
_WHEN_SIGNED_IN = (
    "token_invalid", "sign_in_idle", "password_change_required", "second_factor_required", "idempotency_key_reused",
)  # fmt: skip
_WITH_OTP = ("otp_required", "otp_wrong", "too_many_attempts")
_X_OTP = {
    "name": OTP_HEADER,
    "in": "header",
    "required": False,
    "description": "The second factor, where one is asked for again: a code of the app, a recovery code or, where "
    "`factors` says sms, an SMS code.",
    "schema": {"type": "string", "maxLength": 40},
}


def install(app: APIFlask) -> None:
    """Add the document and the two pages to `app`."""
    app.config.update(
        OPENAPI_VERSION="3.1.0",
        AUTO_404_RESPONSE=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_SERVERS=False,
        SECURITY_SCHEMES={"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        DESCRIPTION="签到、学分与证书。Errors are RFC 9457 problems, in Chinese or, after Accept-Language, in English.",
    )

    turn, made = threading.Lock(), list[str]()

    @app.spec_processor
    def mend(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
        return _mend(app, cast(dict[str, Any], spec))

    @app.get("/api/docs")
    @app.doc(hide=True)
    @public
    @refuses()
    def docs(call: PublicCall) -> Any:
        """Show all calls as a page for people."""
        with turn:  # built once: it takes a second of CPU, so a client must not cause it again and again
            if not made:
                spec = cast(dict[str, Any], app.spec)
                made.append(render_template("docs.html", home=_DOCUMENT, spec=spec, calls=_calls(spec)))
        return _page(app, made[0])

    @app.get("/api/problems")
    @app.doc(hide=True)
    @public
    @refuses()
    def problem_page(call: PublicCall) -> Any:
        """Show all error codes as a page for people."""
        return _page(app, render_template("problems.html", home=_DOCUMENT, problems=PROBLEMS))

    show_spec = app.view_functions["openapi.spec"]
    app.view_functions["openapi.spec"] = public(refuses()(lambda call: show_spec()))


def _page(app: APIFlask, content: str) -> Any:
    page = app.make_response(content)
    page.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    return page


def _mend(app: APIFlask, spec: dict[str, Any]) -> dict[str, Any]:
    """Add to each call who may make it and which problems it answers with; return the document."""
    schemas = spec.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _PROBLEM
    schemas.pop("HTTPError", None)  # the library's own; each of our errors is a problem
    spec["paths"].pop("/metrics", None)  # for the operator's Prometheus, not a part of the API
    for rule in app.url_map.iter_rules():
        path = spec["paths"].get(_spec_path(rule.rule))
        view: Any = app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            call = (path or {}).get(method.lower())
            if call is not None:
                _tell(call, view.access, view.refusals)
                _name_ids(call, rule.rule)
    return spec


def _tell(call: dict[str, Any], access: Access, refusals: tuple[str, ...]) -> None:
    codes = [*_ALWAYS, *refusals]
    if not access.is_public:
        codes += [*_WHEN_SIGNED_IN, "forbidden"]
        call["security"] = [{"bearer": []}]
        if access.asks_otp:
            codes += _WITH_OTP
        if "otp_required" in codes:
            call.setdefault("parameters", []).append(dict(_X_OTP))
    if "requestBody" in call:
        takes = access.takes
        codes += ["unsupported_media_type", *((takes.refusal, *_WITH_FORM) if takes.takes_upload else _WITH_JSON)]
    if "edited_meanwhile" in refusals:
        call.setdefault("parameters", []).append(dict(IF_MATCH))
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    for status, names in sorted(by_status.items()):
        call["responses"][str(status)] = {
            "description": ", ".join(names),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }


def _name_ids(call: dict[str, Any], rule: str) -> None:
    """Mark the path parameters that are UUIDs; the library marks them as text only."""
    for parameter in call.get("parameters", ()):
        if f"<uuid:{parameter['name']}>" in rule:
            parameter["schema"]["format"] = "uuid"


def _spec_path(rule: str) -> str:
    """Return Flask's `<uuid:id>` as OpenAPI's `{id}`."""
    parts = [part.rpartition(":")[2].rstrip(">").lstrip("<") if "<" in part else part for part in rule.split("/")]
    return "/".join("{" + part + "}" if "<" in raw else part for part, raw in zip(parts, rule.split("/"), strict=True))


def _calls(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method.upper(), path, call) for path, methods in spec["paths"].items() for method, call in methods.items()]
