"""Dry runs of sessions (X-9)."""

import uuid

from apiflask import APIBlueprint

from attendance.planning.readiness import check_readiness
from attendance.planning.rehearsal import rehearse
from attendance.projects.access import ORGANIZERS, get_session
from service.api.projects.schemas.rehearsals import RehearsalIn, RehearsalOut
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("rehearsals", __name__, tag="Sessions")


@api.post("/sessions/<uuid:session_id>/rehearsals")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(RehearsalIn, arg_name="body")
@api.output(RehearsalOut)
def rehearse_session(call: Call, session_id: uuid.UUID, body: RehearsalIn) -> RehearsalOut:
    """Simulate a session with invented attendees, with its own codes and windows. Nothing is stored."""
    with call.reading():
        session = get_session(call.db, session_id=session_id, caller=call.caller)
        findings = check_readiness(call.db, session)
    played = rehearse(session, attendees=body.attendees, codes=call.components.venue_codes)
    return RehearsalOut.of(played, findings, session.in_opens_at, session.in_closes_at)
