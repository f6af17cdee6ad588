"""Venue screens: made and revoked by the organizer; what a screen shows, as JSON and as a page."""

import secrets
import uuid
from typing import Any

from apiflask import APIBlueprint
from flask import Blueprint, Response, make_response, render_template

from attendance.machines import screens
from attendance.machines.errors import MachineEnded, MachineUnknown
from attendance.machines.lifecycle import list_machines, revoke_machine
from attendance.machines.screens import ScreenView
from attendance.projects.access import DOOR, ORGANIZERS, get_session, reach_session
from attendance.sessions import qr_images
from attendance.sessions.venue_codes import seconds_of_step_left
from models.venue_machines import Screen
from service.api.machines.schemas.screens import NewScreenOut, ScreenList, ScreenOut, ScreenViewOut
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.callers.bearers import machine_token
from service.edge.calls import Call, PublicCall

api = APIBlueprint("screens", __name__, tag="Machines")
pages = Blueprint("screen_page", __name__)


@api.post("/sessions/<uuid:session_id>/screens")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "session_cancelled", "machine_ended")
@api.output(NewScreenOut, status_code=201)
def add_screen(call: Call, session_id: uuid.UUID) -> NewScreenOut:
    """Make a link for a venue screen, which shows the code of this session and no more, until the session ends."""
    session, staff_id = reach_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    made = screens.add_screen(call.db, session=session, staff_id=staff_id, caller=call.caller, now=call.now)
    return NewScreenOut.of(made, call.components.settings.base_url)


@api.get("/sessions/<uuid:session_id>/screens")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(ScreenList)
@with_names
def list_screens(call: Call, session_id: uuid.UUID, query: Page) -> ScreenList:
    """Show the screens of a session, oldest first."""
    session = get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    page = paged(
        query, BY_ID, lambda after, limit: list_machines(call.db, Screen, session=session, after=after, limit=limit)
    )
    return ScreenList.of(page, lambda each: without_names(ScreenOut, each))


@api.delete("/screens/<uuid:screen_id>")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.output(Empty, status_code=204)
def revoke_screen(call: Call, screen_id: uuid.UUID) -> Empty:
    """Revoke a screen: from now on it shows nothing."""
    revoke_machine(call.db, Screen, machine_id=screen_id, caller=call.caller, now=call.now)
    return Empty()


@api.get("/screen")
@public
@refuses("machine_unknown", "machine_ended")
@api.output(ScreenViewOut)
def show_screen(call: PublicCall) -> ScreenViewOut:
    """Show what the screen with this bearer token shows now: session, numbers, the present code and the next four."""
    return ScreenViewOut.of(_look(call, machine_token()), call.now)


@pages.get("/screen/<token>")
@public
@refuses()
def show_screen_page(call: PublicCall, token: str) -> Any:
    """Show the page of a venue screen: the code, large, and the numbers of the room. It loads itself anew."""
    nonce = secrets.token_urlsafe(16)
    try:
        view = _look(call, token)
    except (MachineUnknown, MachineEnded):
        return _page(render_template("screen.html", view=None, nonce=nonce), nonce)
    drawn = qr_images.svg(view.codes[0].url).decode() if view.codes else None
    drawn = drawn[drawn.index("<svg") :] if drawn else None
    seconds = seconds_of_step_left(call.now)
    return _page(render_template("screen.html", view=view.board, drawn=drawn, seconds=seconds, nonce=nonce), nonce)


def _look(call: PublicCall, token: str | None) -> ScreenView:
    return screens.look(call.db, token=token, codes=call.components.venue_codes, now=call.now)


def _page(html: str, nonce: str) -> Response:
    page = make_response(html)
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page
