"""Calling the service the way a client does."""

import io
from collections.abc import Sequence
from json import dumps
from typing import Any, cast

from apiflask import APIFlask
from werkzeug.test import TestResponse

from models.base import new_id
from models.people import Person
from service.edge.callers.tokens import issue
from service.edge.components import components
from service.edge.database import db
from service.edge.document.problem_facts import ProblemFacts

PROBLEM_FIELDS = {"type", "title", "status", "detail", "code", "hint", "request_id", "errors"}


_OUTSIDE = (
    "/api/", "/healthz", "/readyz", "/metrics", "/.well-known", "/s/", "/dev", "/screen/", "/v/", "/badge-status/",
    "/verify-bundles",
)  # fmt: skip


class Reply(TestResponse):
    """A reply whose JSON is looked into without asking whether it is there."""

    json: Any


class Api:
    """A client of the service; `token` goes with every call."""

    def __init__(self, app: APIFlask, token: str | None = None, language: str | None = None) -> None:
        self.app, self.token, self.language = app, token, language
        self._client = app.test_client()

    def __reduce__(self) -> tuple[type["Api"], tuple[APIFlask, str | None, str | None]]:
        """Be pickled without the client, for `tests/kept_worlds.py`."""
        return Api, (self.app, self.token, self.language)

    def as_(self, person: Person, *, method: str = "sms") -> "Api":
        """The client of somebody signed in."""
        from accounts.sign_in import sign_ins

        with self.app.test_request_context():
            account = sign_ins.find_account(db.session(), person_id=person.id)
            assert account is not None
            sign_in = sign_ins.start(db.session(), account=account, method=method, now=components().clock.now())
            token = issue(sign_in, account).access_token
            db.session.commit()
            db.session.remove()
        return Api(self.app, token)

    def speaking(self, language: str) -> "Api":
        """The same client in another language."""
        return Api(self.app, self.token, language)

    def call(
        self, method: str, path: str, json: Any = None, *, headers: dict[str, str] | None = None, **more: Any
    ) -> Reply:
        url = path if path in ("/", "/about", "/check-in") or path.startswith(_OUTSIDE) else f"/api/v1{path}"
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if self.language:
            sent.setdefault("Accept-Language", self.language)
        if json is not None:
            more.update(data=dumps(json), content_type="application/json")
        reply = cast(Reply, self._client.open(url, method=method, headers=sent, **more))
        if reply.mimetype == "application/problem+json" and method != "HEAD":
            facts = {name: value for name, value in reply.json.items() if name not in PROBLEM_FIELDS}
            ProblemFacts.model_validate_json(dumps(facts))  # each fact is in the document, with its type
        return reply

    def get(self, path: str, **more: Any) -> Reply:
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> Reply:
        return self.call("POST", path, json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> Reply:
        return self.call("PUT", path, json, **more)

    def patch(self, path: str, json: Any = None, **more: Any) -> Reply:
        return self.call("PATCH", path, json, **more)

    def delete(self, path: str, **more: Any) -> Reply:
        return self.call("DELETE", path, **more)

    def send_photos(self, path: str, photos: Sequence[bytes], *, key: str | None = None, **fields: str) -> Reply:
        """POST a multipart form of photos and fields."""
        form: dict[str, Any] = dict(fields)
        form["photos"] = [(io.BytesIO(photo), f"{place}.jpg") for place, photo in enumerate(photos)]
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("POST", path, headers=headers, data=form, content_type="multipart/form-data")

    def enrol(self, *photos: bytes, version: str = "test-1") -> Reply:
        """Enrol the caller's face."""
        return self.send_photos("/me/face", photos, consent_version=version)


def new_key() -> str:
    """An Idempotency-Key."""
    return new_id().hex
