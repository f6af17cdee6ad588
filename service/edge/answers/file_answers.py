"""Answers that are files."""

from flask import Response

UNREADABLE = ("file_unreadable", "file_store_unavailable")
"""Why a stored file can't be shown."""


def attachment(data: bytes, content_type: str, name: str) -> Response:
    """Return an answer that a browser saves as a file. name: of the file, in ASCII."""
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def private_file(content: bytes, media_type: str, disposition: str) -> Response:
    """Return a file that no cache keeps, and that can do nothing in a browser but be seen or saved."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = disposition
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
