"""Files that a browser keeps instead of showing."""

from flask import Response


def attachment(data: bytes, content_type: str, name: str) -> Response:
    """Return an answer that is saved under an ASCII name."""
    response = Response(data, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
