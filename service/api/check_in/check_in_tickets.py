"""Tickets: what a scanned venue code is exchanged for."""

from apiflask import APIBlueprint
from flask import request

from attendance.check_in.attempts import Refused
from attendance.check_in.scan_proofs import ScanProofs
from attendance.check_in.ticket_issue import Issued, Phone, redeem_scan, redeem_sighting
from attendance.check_in.tickets import Tickets
from attendance.errors import QrInvalid
from attendance.sessions.geofence import Location
from attendance.sessions.venue_codes import VenueCodes
from service.api.check_in.scan_page import COOKIE
from service.api.check_in.schemas.check_in_tickets import Challenge, TicketOut, TicketRequest
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.access import CommitAndRefuse, signed_in
from service.edge.calls import Call
from service.edge.refusals import refuses
from service.observing import metrics

api = APIBlueprint("check_in_tickets", __name__, tag="Check-in")


@api.post("/check-in-tickets")
@signed_in()
@refuses(
    "qr_invalid", "qr_expired", "not_on_roster", "outside_geofence", "session_not_open", "project_not_announced",
    "face_not_enrolled", "no_place", "too_many_attempts",
)  # fmt: skip
@api.input(TicketRequest, arg_name="body")
@api.output(TicketOut, status_code=201)
def create_ticket(call: Call, body: TicketRequest) -> TicketOut:
    """Exchange a scanned venue code (扫一扫) for a ticket: two minutes, this person, session and device, once."""
    issued = _redeem(call, body)
    if isinstance(issued, Refused):
        metrics.count_check_in(issued.error.code)
        raise CommitAndRefuse(issued.error)
    return TicketOut(
        ticket=Tickets(call.components.keys.venue).sign(issued.ticket),
        expires_at=issued.ticket.expires_at,
        challenge=Challenge(),
        direction=issued.ticket.direction,
        session=SessionBrief.model_validate(issued.session),
    )


def _redeem(call: Call, body: TicketRequest) -> Issued | Refused:
    location = Location(**body.location.model_dump()) if body.location else None
    phone = Phone(device_id=body.device_id, location=location, direction=body.direction)
    if body.qr is not None:
        codes = VenueCodes(call.components.keys.venue, call.components.settings.base_url)
        scan = codes.read(body.qr)
        return redeem_scan(call.db, caller=call.caller, scan=scan, phone=phone, now=call.now, codes=codes)
    proof = request.cookies.get(COOKIE)
    if proof is None:
        raise QrInvalid(field="qr")
    sighting = ScanProofs(call.components.keys.venue).open(proof, call.now)
    return redeem_sighting(call.db, caller=call.caller, sighting=sighting, phone=phone, now=call.now)
