"""Schedules: sessions are created, repeated, moved, extended, closed, cancelled; overlaps; those of a day."""

import uuid

from apiflask import APIBlueprint

from attendance.planning import cancellations, changes, following, series
from attendance.planning.changes import SessionEdit
from attendance.planning.following import Scope
from attendance.projects.access import ANY_TASK, ORGANIZERS, OVERSEERS, get_open_project, oversee
from attendance.projects.states import OVER
from attendance.room.session_days import DaySought, list_of_day
from attendance.room.session_moves import Mover
from attendance.sessions import sessions
from attendance.sessions.sessions import SessionKey
from foundation.clock import day_at_home
from service.api.projects.schemas.session_days import DayAsked, SessionDay, SessionOfDayOut
from service.api.projects.schemas.session_series import SeriesNew, SeriesOut
from service.api.projects.schemas.sessions import (
    CancellationIn,
    ExtensionIn,
    OverlapList,
    OverlapOut,
    SessionChange,
    SessionClose,
    SessionList,
    SessionNew,
    SessionOut,
)
from service.api.projects.sessions import session_out, session_with_etag
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_instant_and_id, by_instant_and_id_alone
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses, tells
from service.edge.answers.revisions import revisions_seen
from service.edge.calls import Call

api = APIBlueprint("schedules", __name__, tag="Sessions")


@api.post("/projects/<uuid:project_id>/sessions")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "zone_unknown", "period_invalid", "geofence_required", "session_too_long", "project_closed",
    "liveness_not_calibrated",
)  # fmt: skip
@api.input(SessionNew, arg_name="body")
@api.output(SessionOut, status_code=201)
@with_names
def create_session(call: Call, project_id: uuid.UUID, body: SessionNew) -> SessionOut:
    """Create a session (场次) of a project. It may cross midnight."""
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, closed_in=OVER)
    made = sessions.create_session(call.db, project=project, new=body.plan(), caller=call.caller, now=call.now)
    return session_out(made)


@api.get("/projects/<uuid:project_id>/sessions")
@signed_in(roles=OVERSEERS, tasks=ANY_TASK)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(SessionList)
@with_names
def list_sessions(call: Call, project_id: uuid.UUID, query: Page) -> SessionList:
    """Show the sessions of a project, in order of their start."""
    project = oversee(call.db, project_id=project_id, caller=call.caller, tasks=ANY_TASK).project
    page = paged(
        query,
        by_instant_and_id(SessionKey, "starts_at"),
        lambda after, limit: sessions.list_sessions(call.db, project=project, after=after, limit=limit),
    )
    return SessionList.of(page, session_out)


@api.get("/projects/<uuid:project_id>/overlaps")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.output(OverlapList)
def list_overlaps(call: Call, project_id: uuid.UUID) -> OverlapList:
    """Show sessions at the same time: parallel tracks, or a mistake in the plan."""
    project = oversee(call.db, project_id=project_id, caller=call.caller).project
    found = changes.list_overlaps(call.db, project=project)
    return OverlapList(items=[OverlapOut.model_validate(each) for each in found])


@api.patch("/sessions/<uuid:session_id>")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed", "edited_meanwhile",
    "reason_needed", "session_too_long", "session_has_check_ins", "liveness_not_calibrated",
)  # fmt: skip
@api.input(SessionChange, arg_name="body")
@tells("ETag")
@api.output(SessionOut)
@with_names
def change_session(call: Call, session_id: uuid.UUID, body: SessionChange) -> tuple[SessionOut, int, dict[str, str]]:
    """Change a session, or also those of its series that follow it. Fields that are not sent keep their values.

    Existing check-ins keep their result.
    """
    mover = Mover(body.earlier_check_ins, body.reason, call.caller, call.now, call.components.receipts)
    wanted = SessionEdit(body.applied_to, mover.on_another_day(call.db), body.reason, revisions_seen())
    act = following.edit_following if body.scope is Scope.FOLLOWING else changes.edit
    changed = act(call.db, session_id=session_id, wanted=wanted, caller=call.caller, now=call.now)
    return session_with_etag(changed)


@api.post("/sessions/<uuid:session_id>/extension")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "session_cancelled", "period_invalid")
@api.input(ExtensionIn, arg_name="body")
@tells("ETag")
@api.output(SessionOut)
@with_names
def extend_session(call: Call, session_id: uuid.UUID, body: ExtensionIn) -> tuple[SessionOut, int, dict[str, str]]:
    """Keep check-in or check-out open for some more minutes.

    They count from the planned end, or from now if that is over.
    """
    extended = changes.extend(
        call.db,
        session_id=session_id,
        direction=body.direction,
        minutes=body.minutes,
        caller=call.caller,
        now=call.now,
    )
    return session_with_etag(extended)


@api.post("/sessions/<uuid:session_id>/cancellation")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed")
@api.input(CancellationIn, arg_name="body")
@tells("ETag")
@api.output(SessionOut)
@with_names
def cancel_session(call: Call, session_id: uuid.UUID, body: CancellationIn) -> tuple[SessionOut, int, dict[str, str]]:
    """Cancel a session (停办), until the settlement is confirmed. It was then never held and counts for nobody.

    The later sessions of its series can be cancelled with it.
    """
    act = following.cancel_following if body.scope is Scope.FOLLOWING else cancellations.cancel
    cancelled = act(call.db, session_id=session_id, reason=body.reason, caller=call.caller, now=call.now)
    return session_with_etag(cancelled)


@api.delete("/sessions/<uuid:session_id>/cancellation")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "period_invalid", "session_too_long")
@tells("ETag")
@api.output(SessionOut)
@with_names
def restore_session(call: Call, session_id: uuid.UUID) -> tuple[SessionOut, int, dict[str, str]]:
    """Undo the cancellation of a session. Its records count again."""
    restored = cancellations.restore(call.db, session_id=session_id, caller=call.caller, now=call.now)
    return session_with_etag(restored)


@api.post("/sessions/<uuid:session_id>/closing")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "session_cancelled", "reason_needed")
@api.input(SessionClose, arg_name="body")
@tells("ETag")
@api.output(SessionOut)
@with_names
def close_session(call: Call, session_id: uuid.UUID, body: SessionClose) -> tuple[SessionOut, int, dict[str, str]]:
    """Close a session early: nobody can check in or out any more.

    A session that had not started was then never held.
    """
    closed = changes.close(call.db, session_id=session_id, reason=body.reason, caller=call.caller, now=call.now)
    return session_with_etag(closed)


@api.post("/projects/<uuid:project_id>/session-series")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "zone_unknown", "period_invalid", "geofence_required", "series_too_long", "series_conflicts",
    "liveness_not_calibrated",
    "project_closed",
)  # fmt: skip
@api.input(SeriesNew, arg_name="body")
@api.output(SeriesOut, status_code=201)
@api.doc(responses=another_answer(200, "A dry run: nothing was stored", SeriesOut))
def create_session_series(call: Call, project_id: uuid.UUID, body: SeriesNew) -> tuple[SeriesOut, int]:
    """Create a session and its repetitions, by days or by weeks, in one step: all of them or none.

    With `dry_run`, show the days and what stands in their way. Later, one session, or also those that follow it, can be
    changed and cancelled.
    """
    project = get_open_project(call.db, project_id=project_id, caller=call.caller, closed_in=OVER)
    new = body.series()
    if body.dry_run:
        planned = series.plan_series(call.db, project=project, new=new)
        return SeriesOut.planned(new.first.zone, list(planned.plans), list(planned.conflicts)), 200
    made = series.create_series(call.db, project=project, new=new, caller=call.caller, now=call.now)
    return SeriesOut.made(made), 201


@api.get("/sessions")
@signed_in(roles=OVERSEERS)
@refuses()
@api.input(DayAsked, location="query", arg_name="query")
@api.output(SessionDay)
@with_names
def list_sessions_of_day(call: Call, query: DayAsked) -> SessionDay:
    """Show the sessions of a day, of all projects that I organize, review or own: state, windows and numbers.

    A session that crosses midnight is one of both days.
    """
    sought = DaySought(query.on or day_at_home(call.now), query.q)
    page = paged(
        query,
        by_instant_and_id_alone("session.starts_at", "session.id"),
        lambda after, limit: list_of_day(
            call.db, caller=call.caller, sought=sought, after=after, limit=limit, now=call.now
        ),
    )
    return SessionDay.of(page, SessionOfDayOut.of, on=sought.on, now=call.now)
