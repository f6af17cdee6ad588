"""Reads request bodies: each route has a limit, and no body beyond it is read.

Parsed JSON takes up to thirty times its bytes in memory. So the limit for JSON is small, and smallest without sign-in.
Only a few routes take rows of imports or uploads.
"""

import re
from dataclasses import dataclass, replace
from itertools import accumulate

from flask import current_app, g, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from foundation.errors import Refusal

KIB, MIB = 2**10, 2**20
MULTIPART = "multipart/form-data"
LARGEST_UPLOAD = "LARGEST_UPLOAD"
"""The key in the app's configuration for the largest body of any route, in bytes."""
DEEPEST_JSON = 32
"""The largest depth of nested lists and objects. Our own bodies have five levels."""

_FIELDS = MIB  # for the other fields of a form, and for a file slightly too large, which gets an error of its own
_BRACKETS = re.compile(rb"[^\[\]{}]+")
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}


@dataclass(frozen=True)
class BodyLimit:
    """The limits of a route, in bytes: of a JSON body and of a multipart form. 0: the route takes no form.

    refusal: the code of the error for a larger form.
    """

    most_json: int
    most_upload: int = 0
    refusal: str = "request_too_large"

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


PHOTOS = replace(upload(5 * 12 * MIB), refusal="photos_too_large")
"""Five photos of the largest size in `faces.photos.photo.PhotoLimits`. The web processes don't import that library.

The video of a motion photo counts here, since it is read with the picture: two of 24 MiB fit, five do not.
"""


class JsonTooDeep(Refusal):
    """The JSON has more than `DEEPEST_JSON` levels of nested lists and objects."""

    code = "json_too_deep"


def receive_body(limit: BodyLimit) -> None:
    """Read the whole body of this request into memory, before a database connection is taken.

    A phone may need minutes to send five photos, and a connection that waits for it is missing for other requests.
    Raises RequestEntityTooLarge if the body is larger than the route's limit.
    """
    admit_body(limit)
    if limit.takes_upload and request.mimetype == MULTIPART:
        request.files  # noqa: B018 - asked for, the form is parsed and kept
    else:
        read_body()


def admit_body(limit: BodyLimit) -> None:
    """Set the limit for this request's body, and compare it with the Content-Length.

    A body without Content-Length is counted while it is read. Raises RequestEntityTooLarge.
    """
    is_upload = limit.takes_upload and request.mimetype == MULTIPART
    most = limit.most_upload if is_upload else limit.most_json
    g.body_limit = min(most, current_app.config.get(LARGEST_UPLOAD, most))
    g.form_refusal = limit.refusal
    if (request.content_length or 0) > g.body_limit:
        raise RequestEntityTooLarge
    request.max_content_length = g.body_limit + 1  # Werkzeug cuts a longer body here; `read_body` sees the extra byte


def read_body() -> bytes:
    """Return this request's body. Later calls return the same bytes. Raises RequestEntityTooLarge."""
    body = request.get_data(cache=True)
    if len(body) > g.body_limit:
        raise RequestEntityTooLarge
    return body


def check_nesting(body: bytes) -> None:
    """Check the depth of JSON in one pass over its bytes. Raises JsonTooDeep; BadRequest if it is not UTF-8.

    In invalid JSON the count may be wrong, but only behind the place where the parser stops.
    """
    if b"\0" in body:  # JSON in UTF-16 or UTF-32 always holds this byte, in UTF-8 never
        raise BadRequest
    outside_text = b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    steps = map(_STEPS.__getitem__, _BRACKETS.sub(b"", outside_text))
    if max(accumulate(steps), default=0) > DEEPEST_JSON:
        raise JsonTooDeep
