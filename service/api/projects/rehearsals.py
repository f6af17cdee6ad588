"""A dry run of a session (X-9)."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_session
from attendance.sessions.readiness import check_readiness
from attendance.sessions.rehearsal import rehearse
from foundation.transactions import read_only
from service.api.projects.schemas.rehearsals import RehearsalIn, RehearsalOut
from service.edge.access import caller, signed_in
from service.edge.components import parts
from service.edge.database import db
from service.edge.refusals import refuses

api = APIBlueprint("rehearsals", __name__, tag="Sessions")


@api.post("/sessions/<uuid:session_id>/rehearsals")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(RehearsalIn, arg_name="body")
@api.output(RehearsalOut)
def rehearse_session(session_id: uuid.UUID, body: RehearsalIn) -> RehearsalOut:
    """Rehearse a session with made-up attendees, by its own codes and windows; nothing of it is kept."""
    with read_only(db.session()):
        session = get_session(db.session(), session_id=session_id, caller=caller())
        findings = check_readiness(db.session(), session)
    played = rehearse(session, attendees=body.attendees, codes=parts().venue_codes)
    return RehearsalOut.of(played, findings, session.in_opens_at, session.in_closes_at)
