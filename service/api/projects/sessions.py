"""Sessions: their venue codes, and who attended."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.check_in.attempts import find_decision
from attendance.check_in.manual_check_in import check_in_by_hand
from attendance.projects.access import ORGANIZERS, get_session
from attendance.record import history
from attendance.record.history import AttendeeKey
from attendance.sessions import qr_images
from attendance.sessions.venue_codes import ShownCode
from foundation.transactions import read_only
from models.projects import Session as VenueSession
from service.api.check_in.schemas.check_ins import (
    AttendanceList,
    AttendanceOut,
    AttendancePage,
    AttendeeOut,
    ByHand,
    CheckInOut,
    FaceNumbers,
)
from service.api.projects.schemas.sessions import GeofenceOut, QrOut, SessionBrief, SessionOut, WindowsOut
from service.edge.access import caller, signed_in
from service.edge.components import parts
from service.edge.cursor_keys import read_id, read_instant
from service.edge.database import db
from service.edge.paging import cut, decode_cursor
from service.edge.refusals import another_answer, refuses
from service.observing import metrics

api = APIBlueprint("sessions", __name__, tag="Sessions")


def session_out(session: VenueSession) -> SessionOut:
    """A session, as its organizer sees it."""
    geofence = None if session.radius_m is None else GeofenceOut.model_validate(session)
    return SessionOut(
        **SessionBrief.model_validate(session).model_dump(),
        track=session.track,
        capacity=session.capacity,
        closed_at=session.closed_at,
        revision=session.revision,
        liveness=session.liveness,
        qr_mode=session.qr_mode,
        windows=WindowsOut.model_validate(session),
        geofence=geofence,
    )


@api.get("/sessions/<uuid:session_id>")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(SessionOut)
def get_one_session(session_id: uuid.UUID) -> SessionOut:
    """One session, for its organizer."""
    return session_out(_session(session_id))


@api.get("/sessions/<uuid:session_id>/qr")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(QrOut)
def get_qr(session_id: uuid.UUID) -> QrOut:
    """The venue code (考勤二维码) that the screen shows now; ask again at `expires_at`."""
    return QrOut.model_validate(_shown(session_id))


@api.get("/sessions/<uuid:session_id>/qr.svg")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(FileSchema(type="string"), content_type="image/svg+xml")
def get_qr_svg(session_id: uuid.UUID) -> Response:
    """The venue code of now as SVG."""
    return Response(qr_images.svg(_shown(session_id).url), mimetype="image/svg+xml")


@api.get("/sessions/<uuid:session_id>/qr.png")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type="image/png")
def get_qr_png(session_id: uuid.UUID) -> Response:
    """The venue code of now as PNG."""
    return Response(qr_images.png(_shown(session_id).url), mimetype="image/png")


@api.get("/sessions/<uuid:session_id>/attendance")
@signed_in(roles=ORGANIZERS)
@refuses("not_found")
@api.input(AttendancePage, location="query", arg_name="query")
@api.output(AttendanceList)
def list_attendance(session_id: uuid.UUID, query: AttendancePage) -> AttendanceList:
    """The check-ins of a session, in order of their time."""
    after = _after(query.cursor)
    with read_only(db.session()):
        session = get_session(db.session(), session_id=session_id, caller=caller())
        found = history.list_attendees(
            db.session(),
            session=session,
            status=query.status,
            direction=query.direction,
            after=after,
            limit=query.limit + 1,
        )
    page, next_cursor = cut(found, query.limit, lambda last: [last.checked_in_at.isoformat(), str(last.id)])
    return AttendanceList(
        items=[
            AttendanceOut(
                id=row.id,
                person=AttendeeOut(id=row.person_id, name=row.name, cme_number=row.cme_number, unit=row.unit),
                direction=row.direction,
                checked_in_at=row.checked_in_at,
                method=row.method,
                status=row.status,
                face=FaceNumbers.of(row.decision) if row.decision else None,
            )
            for row in page
        ],
        next_cursor=next_cursor,
    )


@api.post("/sessions/<uuid:session_id>/attendance")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "person_not_on_roster", "project_closed", "project_not_announced")
@api.input(ByHand, arg_name="body")
@api.output(CheckInOut, status_code=201)
@api.doc(responses=another_answer(200, "Checked in before", {"$ref": "#/components/schemas/CheckInOut"}))
def add_by_hand(session_id: uuid.UUID, body: ByHand) -> tuple[CheckInOut, int]:
    """Check somebody in by hand, with a reason: the way for who has no face on file, or whose face fails."""
    done = check_in_by_hand(
        db.session(),
        session_id=session_id,
        person=body.person(),
        direction=body.direction,
        reason=body.reason,
        caller=caller(),
        now=parts().clock.now(),
        receipts=parts().receipts,
    )
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    basis = None if done.is_new else find_decision(db.session(), done.check_in.attempt_id)
    return CheckInOut.of(done, basis), 201 if done.is_new else 200


def _session(session_id: uuid.UUID) -> VenueSession:
    with read_only(db.session()):
        return get_session(db.session(), session_id=session_id, caller=caller())


def _shown(session_id: uuid.UUID) -> ShownCode:
    part = parts()
    return part.venue_codes.show(_session(session_id), part.clock.now())


def _after(cursor: str | None) -> AttendeeKey | None:
    keys = decode_cursor(cursor, 2)
    return AttendeeKey(read_instant(keys[0]), read_id(keys[1])) if keys else None
