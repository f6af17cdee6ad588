"""Previews: what a change of a session would do, before anybody is told of it."""

import uuid

from apiflask import APIBlueprint

from attendance.planning import changes, following
from attendance.planning.changes import SessionEdit
from attendance.planning.following import Scope
from attendance.projects.access import ORGANIZERS
from attendance.room import change_previews
from service.api.projects.schemas.change_previews import ChangePreviewOut
from service.api.projects.schemas.sessions import SessionChange
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.answers.revisions import revisions_seen
from service.edge.calls import Call

api = APIBlueprint("change_previews", __name__, tag="Sessions")


@api.post("/sessions/<uuid:session_id>/change-previews")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "zone_unknown", "period_invalid", "geofence_required", "project_closed", "edited_meanwhile",
    "session_too_long", "liveness_not_calibrated",
)  # fmt: skip
@api.input(SessionChange, arg_name="body")
@api.output(ChangePreviewOut)
def preview_session_change(call: Call, session_id: uuid.UUID, body: SessionChange) -> ChangePreviewOut:
    """Show what the same change would do by PATCH: times and windows, who is told, what lies at the same time.

    Nothing is stored, and nobody is told. It is refused for the same reasons.
    """
    effect = change_previews.preview(
        call.db,
        session_id=session_id,
        wanted=SessionEdit(body.applied_to, lambda _: None, body.reason, revisions_seen()),
        act=following.edit_following if body.scope is Scope.FOLLOWING else changes.edit,
        caller=call.caller,
        now=call.now,
    )
    return ChangePreviewOut.model_validate(effect)
