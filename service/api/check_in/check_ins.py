"""Check-ins: made with a ticket and a face; the organizer decides those that need review."""

import uuid

from apiflask import APIBlueprint

from attendance.attempts.attempts import find_decision, find_review_reason
from attendance.attempts.observations import counted_status
from attendance.check_in.check_in import CheckedIn, Evidence
from attendance.errors import FaceMismatch
from attendance.projects.access import DOOR, ORGANIZERS
from faces.errors import EngineBusy, EngineUnavailable, FaceError
from faces.matching.policy import Decision
from foundation.errors import Refusal
from service.api.check_in.schemas.check_ins import BANDS, CheckInForm, CheckInOut, DecisionIn, DecisionOut
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.access import signed_in
from service.edge.answers.bodies import bytes_of
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.edge.requests.body_limits import PHOTOS
from service.observing import metrics

api = APIBlueprint("check_ins", __name__, tag="Check-in")


@api.post("/check-ins")
@signed_in(takes=PHOTOS)
@refuses(
    "ticket_invalid", "ticket_expired", "ticket_not_yours", "not_on_roster", "session_not_open",
    "session_cancelled", "project_not_announced", "face_not_enrolled", "face_unreadable", "face_in_question",
    "face_mismatch",
    "photo_too_large", "photo_too_many_pixels", "photo_unsupported", "photo_broken",
    "photo_animated", "photo_used_before", "no_face", "multiple_faces", "face_covered", "low_quality",
    "liveness_failed", "liveness_unavailable",
    "face_queue_full", "face_engine_down",
    "too_many_attempts", "captured_at_invalid", "device_shared",
)  # fmt: skip
@api.input(CheckInForm, location="files", arg_name="form")
@api.output(CheckInOut, status_code=201)
@api.doc(responses=another_answer(200, "The first check-in, made before", CheckInOut))
@with_names
def create_check_in(call: Call, form: CheckInForm) -> tuple[CheckInOut, int]:
    """Check in or out (签到、签退) with a ticket and one to five photos of my face. The photos are not stored.

    A ticket with a challenge takes three to five frames of it instead, which are not stored either.

    Answers 201 with a new check-in, or 200 with the earlier one if the request is repeated. `needs_review` waits for
    staff.
    """
    try:
        done = _check_in(call, form)
    except (Refusal, FaceError) as refusal:
        _count_refusal(refusal)
        raise
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    _count_comparison(done.decision)
    basis = done.decision if done.is_new else find_decision(call.db, done.check_in.attempt_id)
    reason = done.review_reason if done.is_new else find_review_reason(call.db, done.check_in.attempt_id)
    return CheckInOut.of(done, basis, reason), 201 if done.is_new else 200


@api.post("/check-ins/<uuid:check_in_id>/decision")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "not_waiting_for_review", "own_attendance", "project_closed")
@api.input(DecisionIn, arg_name="body")
@api.output(DecisionOut)
@with_names
def decide_check_in(call: Call, check_in_id: uuid.UUID, body: DecisionIn) -> DecisionOut:
    """Accept or reject a check-in that needs review; it counts only once accepted."""
    row, session = call.components.staff_desk.decide(
        call.db,
        check_in_id=check_in_id,
        decision=body.decision,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return DecisionOut(
        id=row.id,
        session=without_names(SessionBrief, session),
        direction=row.direction,
        checked_in_at=row.checked_in_at,
        status=counted_status(row),
    )


def _check_in(call: Call, form: CheckInForm) -> CheckedIn:
    return call.components.check_in_desk.check_in(
        call.db,
        caller=call.caller,
        ticket=form.ticket,
        evidence=Evidence(bytes_of(form.photos), form.device_id, form.captured_at),
        now=call.now,
    )


def _count_refusal(refusal: Refusal | FaceError) -> None:
    """Count an attempt in the metrics, also one that was not stored because the face workers were busy."""
    if refusal.keeps_writes or isinstance(refusal, EngineUnavailable):
        metrics.count_check_in(refusal.code)
    if isinstance(refusal, EngineBusy):
        metrics.count_face_queue_refusal()
    if isinstance(refusal, FaceMismatch) and refusal.keeps_writes:
        _count_comparison(refusal.decision)


def _count_comparison(decision: Decision | None) -> None:
    if decision is not None:
        metrics.count_face_attempt(BANDS[decision.band])
