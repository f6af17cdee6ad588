"""How large a request body may be: each route says what it takes, and nothing larger is ever read.

A parsed JSON body takes up to thirty times its bytes of memory, so the limit of JSON is small, and smallest for who
has not signed in. Only the few routes that say so take rows of imports or uploads.
"""

import re
from dataclasses import dataclass
from itertools import accumulate

from flask import current_app, g, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from foundation.errors import Refusal

KIB, MIB = 2**10, 2**20
MULTIPART = "multipart/form-data"
LARGEST_UPLOAD = "LARGEST_UPLOAD"
"""The key in the app's configuration: bytes that no route goes beyond, whatever it says of itself."""
DEEPEST_JSON = 32
"""Levels of lists and objects in one another; our own bodies have five."""

_FIELDS = MIB  # the other fields of a form, and a file that is somewhat too large: its own refusal says more
_BRACKETS = re.compile(rb"[^\[\]{}]+")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


@dataclass(frozen=True)
class BodyLimit:
    """What a route takes. most_json, most_upload: bytes of a JSON body and of a multipart form; 0 is none."""

    most_json: int
    most_upload: int = 0

    @property
    def takes_upload(self) -> bool:
        """Whether the route takes a multipart form."""
        return self.most_upload > 0


ANONYMOUS = BodyLimit(64 * KIB)
JSON = BodyLimit(MIB)
ROWS = BodyLimit(4 * MIB)


def upload(most: int) -> BodyLimit:
    """Return the limit of a route that takes files. most: bytes of all files together, without the other fields."""
    return BodyLimit(ANONYMOUS.most_json, most + _FIELDS)


PHOTOS = upload(5 * 12 * MIB)
"""Five photos of a face, as `PhotoLimits` takes them; it can't be asked: the web loads no face library."""


class JsonTooDeep(Refusal):
    """Lists and objects lie in one another more than `DEEPEST_JSON` deep."""

    code = "json_too_deep"


def receive_body(limit: BodyLimit) -> None:
    """Read this request's body whole, files into memory, before anything waits for it that others need.

    A phone may take minutes to send five photos; whoever holds a database connection meanwhile keeps it from everybody
    else. Raises RequestEntityTooLarge for a body larger than the route takes.
    """
    admit_body(limit)
    if limit.takes_upload and request.mimetype == MULTIPART:
        request.files  # noqa: B018 - asked for, the form is parsed and kept
    else:
        read_body()


def admit_body(limit: BodyLimit) -> None:
    """Set the most that may be read of this request's body, and refuse one that says it is larger.

    A body without a length is counted while it is read. Raises RequestEntityTooLarge.
    """
    is_upload = limit.takes_upload and request.mimetype == MULTIPART
    most = limit.most_upload if is_upload else limit.most_json
    g.body_limit = min(most, current_app.config.get(LARGEST_UPLOAD, most))
    if (request.content_length or 0) > g.body_limit:
        raise RequestEntityTooLarge
    request.max_content_length = g.body_limit + 1  # Werkzeug cuts off what is longer: one byte more tells it


def read_body() -> bytes:
    """Return this request's body, which later calls return again. Raises RequestEntityTooLarge."""
    body = request.get_data(cache=True)
    if len(body) > g.body_limit:
        raise RequestEntityTooLarge
    return body


def check_nesting(body: bytes) -> None:
    """Refuse JSON that is nested too deep, by one pass over its bytes. Raises JsonTooDeep, and BadRequest for UTF-16.

    In broken JSON it may count wrongly behind the place where the parser stops, and never before it.
    """
    if b"\0" in body:  # no UTF-8 JSON holds it, and all in UTF-16 and UTF-32 do
        raise BadRequest
    outside_text = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    steps = map(_STEPS.__getitem__, _BRACKETS.sub(b"", outside_text))
    if max(accumulate(steps), default=0) > DEEPEST_JSON:
        raise JsonTooDeep
