"""Answers with a summary: the PDF, and the page to print from a browser."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, make_response, render_template

from service.edge.answers.file_answers import attachment
from service.edge.calls import Call

_PDF = "application/pdf"


def pdf_of(call: Call, summary: Mapping[str, Any], name: str) -> Response:
    """Return a summary as a PDF. A letter that no font has is 〓 there. name: of the file."""
    typesetter = call.components.typesetter
    return attachment(typesetter.typeset("summary", typesetter.with_stand_ins(summary), at=call.now), _PDF, name)


def page_of(summary: Mapping[str, Any]) -> Response:
    """Return a summary as a page that any browser prints on A4, without script or other files."""
    nonce = secrets.token_urlsafe(16)
    page = make_response(render_template("summary.html", nonce=nonce, **summary))
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def span_of(years: Sequence[int]) -> str:
    """Return years as a part of a file's name: the first and the last of them."""
    return f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"
