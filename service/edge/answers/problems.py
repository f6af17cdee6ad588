"""Turns domain errors into RFC 9457 problems. No other module builds an error response.

Exception
├── foundation.errors.Refusal             a rule refuses the request
│   ├── NotFound, Forbidden, TokenInvalid, PasswordChangeRequired, TooManyAttempts
│   ├── BadCredentials, BadCode, SignInBusy, AccountSuspended
│   ├── LinkPathInvalid, LinkUsedUp, LinkPrefetched
│   ├── PasswordTooWeak, CurrentPasswordWrong, PhoneInvalid
│   ├── ConsentRequired, FaceNotOffered, FaceNotEnrolled, FaceAlreadyEnrolled, FaceBelongsToAnotherAccount
│   ├── EnrolmentHeld, EnrolmentInterrupted, NoOpenQuestion, FaceUnreadable, TooFewPhotos, TooFewFaces
│   ├── ConsentMissing, OwnFace, ArchiveUnsupported, ArchiveBroken, ArchiveTooLarge, ArchiveEmpty, BatchEnded
│   ├── AssessmentInvalid, ConsentVersionTaken
│   ├── AlreadyDecided, SecondAdminNeeded, EditedMeanwhile
│   ├── credit.errors: AlreadyGranted, StillGranted, AlreadyReversed, NoRule, NoRuleSet, UnknownCategory, …
│   ├── attendance.exams.errors: ExamStarted, ExamOver, …
│   ├── attendance.questions.errors: QuestionRetired, QuestionsInUse, QuestionsUnreadable, …
│   ├── attendance.evaluations.errors: EvaluationNotOpen, AlreadyEvaluated, EvaluationStarted
│   ├── attendance.planning.errors: SeriesTooLong, SeriesConflicts
│   └── attendance.errors: QrInvalid, NotOnRoster, OutsideGeofence, SessionNotOpen, FaceMismatch, FaceInQuestion, …
├── faces.errors.FaceError              a photo can't be used, or the face workers don't answer
│   ├── photo_…: too large, unsupported, broken, animated
│   ├── no_face, multiple_faces, face_covered, low_quality, not_one_person, photo_used_before,
│   │   liveness_failed, liveness_unavailable
│   └── EngineBusy, EngineDown
├── sheets.errors.SheetError            a file is not a usable table; has row and column
├── apiflask.HTTPError                  the request is unreadable or not valid, or there is no such page
└── service.edge.database.DatabaseBusy  the database could not take the write in time
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, current_app, g, json, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import LanguageAccept

from attendance.questions.errors import QuestionsUnreadable
from credit.errors import UnknownCategory
from faces.errors import FaceCovered, FaceError, LivenessFailed, LowQuality, NoFace
from foundation.errors import Refusal
from service.edge.answers import storage
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.components import components
from service.edge.database import DatabaseBusy, db
from service.edge.requests.body_limits import DEEPEST_JSON, MULTIPART, JsonTooDeep
from service.wording.advice import ADVICE, words_of
from service.wording.hinting import hint_of
from service.wording.inputs import words_of_fault
from service.wording.question_faults import QUESTION_FAULTS
from sheets.errors import SheetError

_HTTP_CODES = {
    400: "bad_request",
    401: "token_invalid",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    422: "invalid_input",
    429: "too_many_attempts",
    503: "busy",
}
_BUSY_SECONDS = 3
_LONGEST_HEADER = 500  # characters of Accept-Language: 8 kB of them take 30 ms to parse
_ADVISED = (NoFace, LowQuality, FaceCovered, LivenessFailed)
"""Refusals whose hint is the advice that the photo itself gives."""
_MOST_ERRORS = 100  # a small body can have ten thousand errors


def install(app: APIFlask) -> None:
    """Add error handlers to `app`, so that it answers each error as a problem."""
    app.error_processor(_from_http)
    app.register_error_handler(Refusal, _from_refusal)
    app.register_error_handler(JsonTooDeep, _from_deep_json)
    app.register_error_handler(QuestionsUnreadable, _from_file)
    app.register_error_handler(UnknownCategory, _from_category)
    app.register_error_handler(FaceError, _from_face)
    app.register_error_handler(SheetError, _from_sheet)
    app.register_error_handler(DatabaseBusy, _from_busy)
    app.register_error_handler(OperationalError, _from_database)
    app.register_error_handler(Exception, _from_bug)


def problem(
    code: str,
    *,
    errors: Mapping[str, list[dict[str, str]]] | None = None,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> Response:
    """Return the response for one code of the catalogue, in the caller's language."""
    kind, english, request_id = PROBLEMS[code], speaks_english(), g.get("request_id")
    title = kind.title_en if english else kind.title_zh
    body: dict[str, Any] = {
        "type": f"{components().settings.base_url}/api/problems#{code}",
        "title": title,
        "status": kind.status,
        "detail": _detail(title, errors),
        "code": code,
        "hint": hint_of(code, kind, {**extra, "request_id": request_id}, retry_after=None, is_english=english),
        "request_id": request_id,
        **extra,
    }
    if errors:
        body["errors"] = errors
    g.problem_code = code
    response = Response(json.dumps(body), kind.status, mimetype="application/problem+json")
    response.headers["Content-Language"] = "en" if english else "zh-CN"
    response.headers["Vary"] = "Accept-Language"
    response.headers.extend(dict(headers or {}))
    return response


def speaks_english() -> bool:
    """Return whether the caller prefers English; Chinese is the default."""
    if "speaks_english" not in g:  # called for each line of a list of errors
        is_sane = len(request.headers.get("Accept-Language", "")) <= _LONGEST_HEADER
        languages = request.accept_languages if is_sane else LanguageAccept()
        spoken = (name.lower().split("-")[0] for name, quality in languages if quality > 0)  # the best first
        g.speaks_english = next((name for name in spoken if name in ("zh", "en")), "zh") == "en"
    return bool(g.speaks_english)


def in_callers_language(words: tuple[str, str]) -> str:
    """Return the text that the caller prefers. words: the Chinese and the English text."""
    chinese, english = words
    return english if speaks_english() else chinese


def _detail(title: str, errors: Mapping[str, list[dict[str, str]]] | None) -> str:
    if not errors:
        return title
    named = "; ".join(f"{name}: {found[0]['message']}" for name, found in errors.items())
    return f"{title}: {named}"[:1000]


def _from_refusal(error: Refusal) -> Response:
    errors = {field: [{"code": error.code, "message": _title(error.code)}] for field in error.fields}
    headers = _retry_headers(error.code, error.retry_after)
    return problem(error.code, errors=errors, headers=headers, **_told(error))


def words_of_refusal(error: Refusal) -> tuple[str, str]:
    """Return the title and the hint of a refusal that is part of an answer."""
    return _title(error.code), str(_told(error)["hint"])


def _told(error: Refusal) -> dict[str, Any]:
    """Return the facts of a refusal, and a hint with them in words: why it came, and how long to wait."""
    kind, wait = PROBLEMS[error.code], error.retry_after
    words = {**error.facts, "fields": list(error.fields)}
    hint = hint_of(error.code, kind, words, retry_after=wait, is_english=speaks_english())
    waiting = {} if wait is None else {"retry_after": wait}
    return {**error.facts, **waiting, "hint": hint}


def _from_file(error: QuestionsUnreadable) -> Response:
    """Return a problem with one entry for each line: `file.12`, or `file.12.C` for a cell of a sheet."""
    errors: dict[str, list[dict[str, str]]] = {}
    for fault in error.faults:
        name = ".".join(["file", str(fault.line), *([fault.column] if fault.column else [])])
        message = in_callers_language(QUESTION_FAULTS[fault.code])
        errors.setdefault(name, []).append({"code": fault.code, "message": message})
    return problem(error.code, errors=errors)


def _from_category(error: UnknownCategory) -> Response:
    """Return a problem with the known codes: in the message for people, under `known` for programs."""
    message = f"{_title(error.code)}: {', '.join(error.known)}"
    return problem(error.code, errors={"category": [{"code": error.code, "message": message}]}, known=list(error.known))


def _from_face(error: FaceError) -> Response:
    field = "photos" if error.photo is None else f"photos.{error.photo}"
    errors = None
    if PROBLEMS[error.code].status < 500:
        errors = {field: [{"code": error.code, "message": _title(error.code)}]}
    extra: dict[str, Any] = dict(error.facts)
    kind = PROBLEMS[error.code]
    if error.advice:
        extra["advice"] = list(error.advice)
        extra["advice_texts"] = [in_callers_language(ADVICE[code]) for code in error.advice]
    if error.advice and isinstance(error, _ADVISED):
        chinese, english = words_of(error.advice)
        kind = replace(kind, hint_zh=chinese, hint_en=english)
    extra["hint"] = hint_of(error.code, kind, error.facts, retry_after=None, is_english=speaks_english())
    return problem(error.code, errors=errors, headers=_retry_headers(error.code, None), **extra)


def _from_sheet(error: SheetError) -> Response:
    errors = {"file": [{"code": error.code, "message": _title(error.code)}]}
    return problem(error.code, errors=errors, row=error.row, column=error.column, **error.facts)


def _from_deep_json(error: JsonTooDeep) -> Response:
    return problem(error.code, limit_levels=DEEPEST_JSON)


def _from_large_body() -> Response:
    """Return a problem with the route's limit in bytes. A form below it has too many fields or too much text."""
    if request.mimetype != MULTIPART:
        return problem("json_too_large", limit_bytes=g.body_limit)
    if request.content_length is None or request.content_length > g.body_limit:
        return problem(g.get("form_refusal", "request_too_large"), limit_bytes=g.body_limit)
    return problem("form_too_large", limit_fields=request.max_form_parts, limit_bytes=request.max_form_memory_size)


def _from_http(error: HTTPError) -> Response:
    if error.status_code == 413:
        return _from_large_body()
    code = _HTTP_CODES.get(error.status_code, "bad_request" if error.status_code < 500 else "internal_error")
    cause = error.__cause__
    errors = field_errors(cause) if isinstance(cause, ValidationError) else None
    sent = dict(error.headers or {})
    kept = {name: str(value) for name, value in sent.items() if name.lower() in ("allow", "retry-after")}
    return problem(code, errors=errors, headers=kept)


def field_errors(error: ValidationError) -> dict[str, list[dict[str, str]]]:
    """Return the errors by field name (dotted), at most a hundred. The sent values are left out: they may be secret."""
    found: dict[str, list[dict[str, str]]] = {}
    for item in error.errors(include_url=False, include_input=False)[:_MOST_ERRORS]:
        facts = item.get("ctx", {})
        field = [facts["field"]] if "field" in facts else []  # of an error of the whole body
        name = ".".join(str(part) for part in (*item["loc"], *field)) or "body"
        message = in_callers_language(words_of_fault(item["type"], facts))
        found.setdefault(name[:200], []).append({"code": item["type"], "message": message[:300]})
    return found


def _from_busy(error: DatabaseBusy) -> Response:
    return problem("busy", headers={"Retry-After": str(_BUSY_SECONDS)})


def _from_database(error: OperationalError) -> Response:
    """Return the problem for a database that is out of reach or locked: the client should try again."""
    full = _from_full_disk(error)
    if full is not None:
        return full
    current_app.logger.error("the database did not answer: %s", type(error.orig).__name__)
    return problem("busy", headers={"Retry-After": str(_BUSY_SECONDS)})


def _from_bug(error: Exception) -> Response:
    db.session.rollback()
    full = _from_full_disk(error)
    if full is not None:
        return full
    current_app.logger.error("unexpected error", exc_info=error)
    return problem("internal_error")


def _from_full_disk(error: Exception) -> Response | None:
    """Return the problem for a write on a full disk; None for any other error."""
    reason = storage.why_full(error)
    if reason is None:
        return None
    current_app.logger.error("the disk is full, nothing can be stored: %s", reason)
    return problem("storage_full", headers={"Retry-After": str(storage.RETRY_SECONDS)})


def _title(code: str) -> str:
    kind = PROBLEMS[code]
    return kind.title_en if speaks_english() else kind.title_zh


def _retry_headers(code: str, seconds: int | None) -> dict[str, str]:
    if seconds is None:
        if PROBLEMS[code].status != 503:
            return {}
        seconds = _BUSY_SECONDS
    return {"Retry-After": str(max(1, seconds))}
