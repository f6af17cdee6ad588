"""What the phone's own camera or WeChat opens: the page that catches the code before its owner is signed in (X-1)."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request

from attendance.check_in.code_guess_limit import CodeGuessLimiter
from attendance.check_in.scan_proofs import LIFETIME, ScanProofs, SeenCode
from attendance.check_in.ticket_issue import find_session
from attendance.errors import QrInvalid
from attendance.sessions.venue_codes import VenueCodes, Verdict
from models.projects import Session as VenueSession
from service.edge.access import public
from service.edge.calls import PublicCall
from service.edge.refusals import refuses

pages = Blueprint("scan_page", __name__)

COOKIE = "cme_scan"
_COOKIE_PATH = "/api/v1/check-in-tickets"
_brake = CodeGuessLimiter()


@pages.get("/s/<short_code>")
@public
@refuses()
def show_scan(call: PublicCall, short_code: str) -> Any:
    """Turn a good code into a proof of the scan, in a cookie, and say what to do next; nothing is written.

    It answers 200 whatever the code is worth: it is a page for people, and says so itself.
    """
    session, verdict = _judge(call, short_code)
    page = _page(call, verdict, session)
    if session is not None and verdict == "good":
        page.set_cookie(
            COOKIE,
            ScanProofs(call.components.keys.venue).sign(SeenCode(session.id, call.now)),
            max_age=int(LIFETIME.total_seconds()),
            path=_COOKIE_PATH,
            httponly=True,
            samesite="Lax",
            secure=call.components.settings.base_url.startswith("https://"),
        )
    return page


def _judge(call: PublicCall, short_code: str) -> tuple[VenueSession | None, str]:
    """The session and what the code is worth: `good`, `expired`, `wrong`, or `busy` while too many were wrong."""
    codes = VenueCodes(call.components.keys.venue, call.components.settings.base_url)
    try:
        scan = codes.read(f"{call.components.settings.base_url}/s/{short_code}?c={request.args.get('c', '')}")
    except QrInvalid:
        return None, "wrong"
    session = find_session(call.db, scan.short_code)
    if session is None:
        return None, "wrong"
    if _brake.holds(session.id, call.now):
        return session, "busy"
    verdict = codes.judge(session, scan.code, call.now)
    if verdict is Verdict.WRONG:
        _brake.count(session.id, call.now)
    return session, verdict.value


def _page(call: PublicCall, verdict: str, session: VenueSession | None) -> Response:
    """The page, which loads nothing and runs nothing. Only who has a good code is told whose it is."""
    nonce = secrets.token_urlsafe(16)
    facts = {}
    if session is not None and verdict == "good":
        until = (call.now + LIFETIME).astimezone(ZoneInfo(session.zone))
        facts = {"title": session.title, "venue": session.venue, "until": f"{until:%H:%M:%S}"}
    page = make_response(render_template("scan.html", verdict=verdict, nonce=nonce, **facts))
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page
