"""Whether a request comes from a page of ours, as its browser says."""

from urllib.parse import urlsplit

from flask import request

from service.edge.components import components


def is_own() -> bool:
    """Return whether the browser says that a page of ours sent this request."""
    own = urlsplit(components().settings.base_url)
    return request.headers.get("Origin") == f"{own.scheme}://{own.netloc}"


def is_foreign() -> bool:
    """Return whether the browser says that another site's page sent this request. Apps say nothing."""
    return "Origin" in request.headers and not is_own()
