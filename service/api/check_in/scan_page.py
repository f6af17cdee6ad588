"""The page that the phone's camera or WeChat opens for a venue code, before the person has signed in (X-1)."""

import secrets
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request

from attendance.check_in.scan_proofs import LIFETIME
from attendance.check_in.ticket_issue import CodeWorth
from models.projects import Session as VenueSession
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall

pages = Blueprint("scan_page", __name__)

COOKIE = "cme_scan"
_COOKIE_PATH = "/api/v1"


@pages.get("/s/<short_code>")
@public
@refuses()
def show_scan(call: PublicCall, short_code: str) -> Any:
    """Show the next step for a scanned code. A good code sets a cookie that proves the scan. Nothing is stored.

    It answers 200 for a good and a bad code: the page tells the person which it is.
    """
    scanned = f"{call.components.settings.base_url}/s/{short_code}?c={request.args.get('c', '')}"
    session, worth = call.components.ticket_desk.look_at_code(call.db, scanned, now=call.now)
    page = _page(call, worth, session)
    if session is not None and worth is CodeWorth.GOOD and session.cancelled_at is None:
        page.set_cookie(
            COOKIE,
            call.components.held_scans.prove(session, now=call.now),
            max_age=int(LIFETIME.total_seconds()),
            path=_COOKIE_PATH,
            httponly=True,
            samesite="Lax",
            secure=call.components.settings.base_url.startswith("https://"),
        )
    return page


def _page(call: PublicCall, worth: CodeWorth, session: VenueSession | None) -> Response:
    """Return the page, without scripts or other files. It names the session only for a good code."""
    nonce = secrets.token_urlsafe(16)
    facts, shown = {}, worth.value
    if session is not None and worth is CodeWorth.GOOD:
        until = (call.now + LIFETIME).astimezone(ZoneInfo(session.zone))
        facts = {"title": session.title, "venue": session.venue, "until": f"{until:%H:%M:%S}"}
        if session.cancellation_reason is not None:
            shown, facts["reason"] = "cancelled", session.cancellation_reason
    return _without_scripts(render_template("scan.html", verdict=shown, nonce=nonce, **facts), nonce)


@pages.get("/check-in")
@public
@refuses()
def show_check_in(call: PublicCall) -> Any:
    """Show how to go on after a scan: sign in with this browser, then show one's face."""
    nonce = secrets.token_urlsafe(16)
    return _without_scripts(render_template("scan.html", verdict="go_on", nonce=nonce), nonce)


def _without_scripts(html: str, nonce: str) -> Response:
    page = make_response(html)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page
