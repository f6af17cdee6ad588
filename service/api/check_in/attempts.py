"""Attempts to check in: the refused ones of a session, the card of one, and what staff do against a refusal."""

import uuid

from apiflask import APIBlueprint, FileSchema
from flask import Response

from attendance.attempts.attempts import find_decision
from attendance.door import attempt_cards, overrides, signals
from attendance.projects.access import DOOR, ORGANIZERS, get_session
from attendance.room.refused_attempts import list_refused
from attendance.sessions import qr_images
from service.api.check_in.schemas.attempts import (
    AttemptCardOut,
    AttemptQrOut,
    MyAttemptList,
    MyAttemptOut,
    MyAttemptsPage,
    OverrideIn,
    RefusedAttemptList,
    RefusedAttemptOut,
    SignalsOut,
)
from service.api.check_in.schemas.check_ins import CheckInOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Page
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.observing import metrics

api = APIBlueprint("attempts", __name__, tag="Attendance")


@api.get("/sessions/<uuid:session_id>/attempts")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(RefusedAttemptList)
def list_attempts(call: Call, session_id: uuid.UUID, query: Page) -> RefusedAttemptList:
    """List who was refused at a session, and why, newest first."""
    session = get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    page = paged(
        query,
        by_id("attempt.id"),
        lambda after, limit: list_refused(call.db, session=session, after=after, limit=limit),
    )
    return RefusedAttemptList.of(page, RefusedAttemptOut.of_refused)


@api.get("/sessions/<uuid:session_id>/signals")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found")
@api.output(SignalsOut)
@with_names
def list_signals(call: Call, session_id: uuid.UUID) -> SignalsOut:
    """Show what looks as if somebody was checked in who isn't there. It is evidence for people, and decides nothing."""
    session = get_session(call.db, session_id=session_id, caller=call.caller, tasks=DOOR)
    return SignalsOut.of(signals.list_signals(call.db, session=session))


@api.get("/me/attempts")
@signed_in()
@refuses()
@api.input(MyAttemptsPage, location="query", arg_name="query")
@api.output(MyAttemptList)
@with_names
def list_my_attempts(call: Call, query: MyAttemptsPage) -> MyAttemptList:
    """List my attempts to check in, newest first, with what each refusal means."""
    page = paged(
        query,
        by_id("attempt.id"),
        lambda after, limit: attempt_cards.list_own(
            call.db, person_id=call.caller.person_id, session_id=query.session_id, after=after, limit=limit
        ),
    )
    return MyAttemptList.of(page, MyAttemptOut.of_own)


@api.get("/attempts/<uuid:check_in_attempt_id>")
@signed_in(tasks=DOOR)
@refuses("not_found")
@api.output(AttemptCardOut)
@with_names
def get_attempt_card(call: Call, check_in_attempt_id: uuid.UUID) -> AttemptCardOut:
    """Show an attempt to its person or the session's staff: what was checked, the tries left, and what to do next."""
    return AttemptCardOut.of(attempt_cards.get_card(call.db, attempt_id=check_in_attempt_id, caller=call.caller))


@api.post("/attempts/<uuid:check_in_attempt_id>/override")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses(
    "not_found", "attempt_not_refused", "person_not_on_roster", "own_attendance", "project_closed",
    "project_not_announced", "session_cancelled", "session_not_open",
)  # fmt: skip
@api.input(OverrideIn, arg_name="body")
@api.output(CheckInOut, status_code=201)
@api.doc(responses=another_answer(200, "Checked in before", CheckInOut))
@with_names
def override_attempt(call: Call, check_in_attempt_id: uuid.UUID, body: OverrideIn) -> tuple[CheckInOut, int]:
    """Check the person of a refused attempt in by hand, with a reason, because the staff know better."""
    done = overrides.override(
        call.db,
        desk=call.components.staff_desk,
        attempt_id=check_in_attempt_id,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    basis = None if done.is_new else find_decision(call.db, done.check_in.attempt_id)
    return CheckInOut.of(done, basis), 201 if done.is_new else 200


@api.get("/attempts/<uuid:check_in_attempt_id>/qr")
@signed_in(tasks=DOOR)
@refuses("not_found")
@api.output(AttemptQrOut)
def get_attempt_qr(call: Call, check_in_attempt_id: uuid.UUID) -> AttemptQrOut:
    """Show the address that opens this attempt for the staff. It carries no right: they sign in to see it."""
    return AttemptQrOut(url=_address(call, check_in_attempt_id))


@api.get("/attempts/<uuid:check_in_attempt_id>/qr.svg")
@signed_in(tasks=DOOR)
@refuses("not_found")
@api.output(FileSchema(type="string"), content_type="image/svg+xml")
def get_attempt_qr_svg(call: Call, check_in_attempt_id: uuid.UUID) -> Response:
    """Show the case QR code of an attempt as SVG, for the staff to scan from my phone."""
    return Response(qr_images.svg(_address(call, check_in_attempt_id)), mimetype="image/svg+xml")


def _address(call: Call, check_in_attempt_id: uuid.UUID) -> str:
    card = attempt_cards.get_card(call.db, attempt_id=check_in_attempt_id, caller=call.caller)
    return f"{call.components.settings.base_url}/room/attempts/{card.attempt.id}"
