"""Repeated sessions of a project, made in one step."""

import uuid

from apiflask import APIBlueprint

from attendance.projects.access import ORGANIZERS, get_open_project
from attendance.projects.states import OVER
from attendance.sessions import series
from service.api.projects.schemas.session_series import SeriesNew, SeriesOut
from service.edge.access import signed_in
from service.edge.calls import Call
from service.edge.refusals import another_answer, refuses

api = APIBlueprint("session_series", __name__, tag="Sessions")


@api.post("/projects/<uuid:project_id>/session-series")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "zone_unknown", "period_invalid", "geofence_required", "series_too_long", "series_conflicts",
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
