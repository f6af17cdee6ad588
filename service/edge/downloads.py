"""Answers that a browser saves as a file."""

from flask import Response


def attachment(data: bytes, content_type: str, name: str) -> Response:
    """Return an answer that a browser saves as a file. name: of the file, in ASCII."""
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
