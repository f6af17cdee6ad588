"""Sessions: their venue codes, and who attended."""

import uuid

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.planning.session_acts import list_acts
from attendance.projects.access import (
    ANY_TASK,
    DOOR,
    DOOR_OR_RESULTS,
    ORGANIZERS,
    OVERSEERS,
    ReadableSession,
    get_session,
    oversee_session,
)
from attendance.record import history, missing
from attendance.record.history import AttendeeKey, AttendeesSought
from attendance.record.missing import MissingSought
from attendance.room.reviews import last_reviews
from attendance.sessions import qr_images
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.sessions import plan_of
from attendance.sessions.venue_codes import ShownCode
from models.attendance import CheckInMethod
from models.projects import Session as VenueSession
from service.api.check_in.schemas.attendance import AttendanceList, AttendanceOut, AttendancePage, MissingOut
from service.api.projects.schemas.sessions import (
    GeofenceOut,
    QrOut,
    SessionBrief,
    SessionDetail,
    SessionOut,
    WindowsOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_instant_and_id, by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses, tells
from service.edge.answers.revisions import etag_of
from service.edge.calls import Call
from service.edge.looks import looks_at

api = APIBlueprint("sessions", __name__, tag="Sessions")


def session_out(session: VenueSession) -> SessionOut:
    """Return a session, as its organizer sees it."""
    fence = plan_of(session).fence
    return SessionOut(
        **without_names(SessionBrief, session).model_dump(exclude={"project"}),
        cancelled_by=session.cancelled_by,
        track=session.track,
        capacity=session.capacity,
        series_id=session.series_id,
        closed_at=session.closed_at,
        revision=session.revision,
        liveness=session.liveness,
        qr_mode=session.qr_mode,
        windows=WindowsOut.model_validate(session),
        geofence=GeofenceOut.model_validate(fence) if fence is not None else None,
        shared_devices=session.shared_devices,
    )


def session_with_etag(session: VenueSession) -> tuple[SessionOut, int, dict[str, str]]:
    """Return the answer that shows a session, with its revision as ETag."""
    return session_out(session), 200, etag_of(session.revision)


@api.get("/sessions/<uuid:session_id>")
@signed_in(roles=OVERSEERS, tasks=ANY_TASK)
@refuses("not_found")
@tells("ETag")
@api.output(SessionDetail)
@with_names
def get_one_session(call: Call, session_id: uuid.UUID) -> tuple[SessionDetail, int, dict[str, str]]:
    """Show one session and what I may do there, for those who organize, review or own its project.

    Its ETag is its revision.
    """
    session = oversee_session(call.db, session_id=session_id, caller=call.caller, tasks=ANY_TASK)
    acts = list_acts(call.db, session_id=session_id, caller=call.caller)
    plain = session_out(session).model_dump(exclude={"project", "canceller"})
    shown = SessionDetail(**plain, acts=acts)
    return shown, 200, etag_of(session.revision)


@api.get("/sessions/<uuid:session_id>/qr")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.output(QrOut)
def get_qr(call: Call, session_id: uuid.UUID) -> QrOut:
    """Show the current venue code (考勤二维码) for the screen; ask again at `expires_at`.

    For a cancelled session, the screen shows the reason.
    """
    session = _session(call, session_id)
    shown = call.components.venue_codes.show(session, call.now)
    return QrOut(
        url=shown.url,
        expires_at=shown.expires_at,
        rotates_every=shown.rotates_every,
        cancelled_at=session.cancelled_at,
        cancellation_reason=session.cancellation_reason,
    )


@api.get("/sessions/<uuid:session_id>/qr.svg")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "session_cancelled")
@api.output(FileSchema(type="string"), content_type="image/svg+xml")
def get_qr_svg(call: Call, session_id: uuid.UUID) -> Response:
    """Show the current venue code as SVG."""
    return Response(qr_images.svg(_shown(call, session_id).url), mimetype="image/svg+xml")


@api.get("/sessions/<uuid:session_id>/qr.png")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "session_cancelled")
@api.output(FileSchema(type="string", format="binary"), content_type="image/png")
def get_qr_png(call: Call, session_id: uuid.UUID) -> Response:
    """Show the current venue code as PNG."""
    return Response(qr_images.png(_shown(call, session_id).url), mimetype="image/png")


@api.get("/sessions/<uuid:session_id>/attendance")
@signed_in(roles=OVERSEERS, tasks=DOOR_OR_RESULTS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(AttendancePage, location="query", arg_name="query")
@api.output(AttendanceList)
@looks_at("attendance.look", "session")
@with_names
def list_attendance(call: Call, session_id: uuid.UUID, query: AttendancePage) -> AttendanceList:
    """Show the check-ins of a session, in order of time; with `missing=1`, those who are missing, by name."""
    session = oversee_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR_OR_RESULTS)
    if query.missing:
        return _missing(call, session, query)
    sought = AttendeesSought(query.status, query.direction, query.q)
    page = paged(
        query,
        by_instant_and_id(AttendeeKey, "checked_in_at"),
        lambda after, limit: history.list_attendees(call.db, session=session, sought=sought, after=after, limit=limit),
    )
    total = counted(query, page, lambda: history.count_attendees(call.db, session=session, sought=sought))
    by_face = [each for each in page.rows if each.method is CheckInMethod.FACE]  # nobody reviews the others
    reviews = last_reviews(call.db, {each.id: each.checked_in_at for each in by_face})
    return AttendanceList.of(page, lambda each: AttendanceOut.of(each, reviews.get(each.id)), **total)


def _missing(call: Call, session: ReadableSession, query: AttendancePage) -> AttendanceList:
    sought = MissingSought(query.direction, query.q)
    page = paged(
        query,
        by_text_and_id("name", "person_id"),
        lambda after, limit: missing.list_missing(
            call.db, session=session, sought=sought, after=after, limit=limit, now=call.now
        ),
    )
    total = counted(query, page, lambda: missing.count_missing(call.db, session=session, sought=sought, now=call.now))
    return AttendanceList.of(page, MissingOut.of, **total)


def _session(call: Call, session_id: uuid.UUID) -> VenueSession:
    return get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)


def _shown(call: Call, session_id: uuid.UUID) -> ShownCode:
    session = _session(call, session_id)
    check_not_cancelled(session)
    return call.components.venue_codes.show(session, call.now)
