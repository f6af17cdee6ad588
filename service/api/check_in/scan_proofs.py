"""The scan that a browser or a person holds: told, and made a person's own."""

from apiflask import APIBlueprint
from flask import request

from attendance.check_in.held_scans import HeldScan
from foundation.errors import NotFound
from service.api.check_in.scan_page import COOKIE
from service.api.check_in.schemas.scan_proofs import HeldScanOut
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.access import public, signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.refusals import refuses
from service.edge.callers.bearers import caller_if_signed_in
from service.edge.calls import Call, PublicCall

api = APIBlueprint("scan_proofs", __name__, tag="Check-in")


@api.get("/scan-proof")
@public
@refuses("not_found", "token_invalid", "password_change_required", "second_factor_required")
@api.output(HeldScanOut)
@with_names
def get_scan_proof(call: PublicCall) -> HeldScanOut:
    """Show the scan that gives a ticket now: the browser's, before anybody used it, or the caller's own pending one.

    It only tells. Nothing becomes anybody's by it.
    """
    proof, held = request.cookies.get(COOKIE), call.components.held_scans
    if "Authorization" in request.headers:
        found = held.find(call.db, caller=caller_if_signed_in(call), proof=proof, now=call.now)
    else:
        found = held.find_of_browser(call.db, proof=proof, now=call.now)
    if found is None:
        raise NotFound
    return _out(found)


@api.post("/scan-proof")
@signed_in()
@refuses("qr_invalid", "qr_expired", "scan_not_yours", "too_many_attempts")
@api.output(HeldScanOut, status_code=201)
@with_names
def hold_scan_proof(call: Call) -> HeldScanOut:
    """Make the browser's scan my own for fifteen minutes: it gives me tickets without the cookie, and nobody else."""
    proof = request.cookies.get(COOKIE)
    return _out(call.components.held_scans.hold(call.db, caller=call.caller, proof=proof, now=call.now))


def _out(held: HeldScan) -> HeldScanOut:
    session = without_names(SessionBrief, held.session)
    return HeldScanOut(session=session, direction=held.direction, until=held.until)
