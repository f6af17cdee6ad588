"""The sign for the check-in point (PRIVACY L-10): what is recorded, who is responsible, the way without a face."""

import secrets
import uuid
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response, make_response, render_template

from accounts.people.names import name_units
from attendance.machines.kiosks import has_kiosk
from attendance.projects.access import DOOR, ORGANIZERS, get_session
from models.projects import Project
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("session_notices", __name__, tag="Sessions")


@api.get("/sessions/<uuid:session_id>/notice.html")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.output(FileSchema(type="string"), content_type="text/html")
def get_session_notice(call: Call, session_id: uuid.UUID) -> Response:
    """Give the sign to print for the check-in point, on A4 in Chinese and English. It names nobody who attends."""
    session = get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    project = call.db.get_one(Project, session.project_id)
    zone, nonce = ZoneInfo(session.zone), secrets.token_urlsafe(16)
    page = make_response(
        render_template(
            "session_notice.html",
            nonce=nonce,
            project=project.name,
            unit=name_units(call.db, {project.unit_id})[project.unit_id].name,
            session=session.title,
            venue=session.venue,
            starts_at=session.starts_at.astimezone(zone),
            ends_at=session.ends_at.astimezone(zone),
            has_kiosk=call.components.settings.kiosks and has_kiosk(call.db, session=session),
            asks_location=session.latitude is not None,
            contact=call.components.settings.privacy_contact,
        )
    )
    page.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page
