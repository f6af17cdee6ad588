"""Exchanges a scanned venue code for a ticket."""

from apiflask import APIBlueprint
from flask import request

from attendance.check_in.phone_places import place_check
from attendance.check_in.ticket_issue import IssuedTicket, Phone
from attendance.sessions.geofence import Location
from foundation.errors import Refusal
from service.api.check_in.scan_page import COOKIE
from service.api.check_in.schemas.check_in_tickets import Challenge, PlaceCheck, TicketOut, TicketRequest
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.refusals import refuses
from service.edge.calls import Call
from service.observing import metrics

api = APIBlueprint("check_in_tickets", __name__, tag="Check-in")


@api.post("/check-in-tickets")
@signed_in()
@refuses(
    "qr_invalid", "qr_expired", "not_on_roster", "outside_geofence", "session_not_open", "session_cancelled",
    "project_not_announced", "face_not_enrolled", "no_place", "too_many_attempts", "qr_not_yet", "location_needed",
    "scan_not_yours", "project_full",
)  # fmt: skip
@api.input(TicketRequest, arg_name="body")
@api.output(TicketOut, status_code=201)
@with_names
def create_ticket(call: Call, body: TicketRequest) -> TicketOut:
    """Exchange a scanned venue code (扫一扫) for a ticket of this person, session and device: two minutes, one use.

    At an open project (现场报名) somebody who is not on the roster gets onto it, while there are places.
    """
    try:
        issued = _exchange(call, body)
    except Refusal as refusal:
        if refusal.keeps_writes:
            metrics.count_check_in(refusal.code)
        raise
    return TicketOut(
        ticket=issued.token,
        expires_at=issued.ticket.expires_at,
        scanned_at=issued.ticket.scanned_at,
        challenge=Challenge.of(issued.ticket.steps),
        place=PlaceCheck(place_check(issued.ticket.place).value),
        direction=issued.ticket.direction,
        session=without_names(SessionBrief, issued.session),
    )


def _exchange(call: Call, body: TicketRequest) -> IssuedTicket:
    """Return the ticket for the scanned code, for the proof in the cookie, or for the caller's pending scan."""
    desk = call.components.ticket_desk
    location = Location(**body.location.model_dump()) if body.location else None
    phone = Phone(device_id=body.device_id, location=location, direction=body.direction)
    proof = request.cookies.get(COOKIE)
    if body.qr is not None:
        return desk.exchange_code(call.db, caller=call.caller, text=body.qr, proof=proof, phone=phone, now=call.now)
    return desk.exchange_proof(call.db, caller=call.caller, proof=proof, phone=phone, now=call.now)
