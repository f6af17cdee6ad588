"""The device of a request: its id, which the client or a cookie gives, and its kind in plain words."""

import secrets

from flask import Response, g, request

from accounts.sign_in.devices import KNOWN_FOR, Device, make_device
from service.edge.callers import origins
from service.edge.components import components

COOKIE = "cme_device"
_COOKIE_PATH = "/api/v1/"

_SYSTEMS = (
    ("harmonyos", "HarmonyOS"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "Mac"),
    ("linux", "Linux"),
)
_PROGRAMS = (
    ("micromessenger", "WeChat"),
    ("dingtalk", "DingTalk"),
    ("alipay", "Alipay"),
    ("edg", "Edge"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
_LONGEST = 500  # characters of a User-Agent that are read


def device_in_words(user_agent: str) -> str:
    """Return the kind of device and program of a User-Agent, as in `iPhone, WeChat`; empty if neither is known.

    The words come from fixed lists: nothing that a client sends is stored or shown.
    """
    read = user_agent[:_LONGEST].lower()
    found = (next((word for sign, word in signs if sign in read), "") for signs in (_SYSTEMS, _PROGRAMS))
    return ", ".join(word for word in found if word)


def this_device(device_id: str | None) -> Device:
    """Return the device of this request. device_id: as the client sent it; a browser sends a cookie in its place.

    A client that sends neither gets the cookie with the answer, which `keep_cookie` adds.
    """
    known_by = device_id or request.cookies.get(COOKIE, "")[:_LONGEST]
    if not known_by:
        known_by = g.new_device_cookie = secrets.token_urlsafe(24)
    return make_device(known_by, device_in_words(request.headers.get("User-Agent", "")), components().seal)


def keep_cookie(response: Response) -> Response:
    """Add the cookie of a device without an id to the answer, so that its next request comes from the same device."""
    made = g.get("new_device_cookie")
    if made is not None and not origins.is_foreign():  # another site's form sends no cookie, and would replace it
        is_secure = components().settings.base_url.startswith("https:")
        response.set_cookie(
            COOKIE, made, max_age=KNOWN_FOR, path=_COOKIE_PATH, secure=is_secure, httponly=True, samesite="Lax"
        )
    return response
