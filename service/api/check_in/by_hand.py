"""What staff do about attendance: by hand for one or many, walk-ins, and the undo of one's last step."""

import uuid

from apiflask import APIBlueprint

from attendance.attempts.attempts import find_decision
from attendance.projects.access import DOOR, ORGANIZERS, OVERSEERS, oversee_project
from attendance.room import act_lists, undoing
from attendance.room.act_lists import ActKey
from service.api.check_in.schemas.by_hand import (
    ActList,
    ActOut,
    ActsPage,
    ByHand,
    ManyByHandIn,
    ManyByHandOut,
    UndoIn,
    WalkIn,
    WalkInOut,
)
from service.api.check_in.schemas.check_ins import CheckInOut
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_instant_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import another_answer, refuses
from service.edge.calls import Call
from service.observing import metrics

api = APIBlueprint("by_hand", __name__, tag="Attendance")


@api.post("/sessions/<uuid:session_id>/attendance")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses(
    "not_found", "person_not_on_roster", "own_attendance", "project_closed", "project_not_announced",
    "session_cancelled", "session_not_open", "time_outside_session",
)  # fmt: skip
@api.input(ByHand, arg_name="body")
@api.output(CheckInOut, status_code=201)
@api.doc(responses=another_answer(200, "Checked in before", CheckInOut))
@with_names
def add_by_hand(call: Call, session_id: uuid.UUID, body: ByHand) -> tuple[CheckInOut, int]:
    """Check a person in by hand, with a reason. This is for people without a face on file, or whose face fails.

    With `at`, for a time that has passed: present or late is judged by it.
    """
    done = call.components.staff_desk.check_in_by_hand(
        call.db,
        session_id=session_id,
        person=body.person(),
        statement=body.statement(),
        caller=call.caller,
        now=call.now,
    )
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    basis = None if done.is_new else find_decision(call.db, done.check_in.attempt_id)
    return CheckInOut.of(done, basis), 201 if done.is_new else 200


@api.post("/sessions/<uuid:session_id>/attendance/many")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses(
    "not_found", "project_closed", "project_not_announced", "session_cancelled", "session_not_open",
    "time_outside_session",
)  # fmt: skip
@api.input(ManyByHandIn, arg_name="body")
@api.output(ManyByHandOut)
@with_names
def add_many_by_hand(call: Call, session_id: uuid.UUID, body: ManyByHandIn) -> ManyByHandOut:
    """Check many people in or out by hand, with one reason: each is done, done before, or refused with a code."""
    many = call.components.staff_desk.check_in_many(
        call.db,
        session_id=session_id,
        people=[each.person() for each in body.people],
        statement=body.statement(),
        caller=call.caller,
        now=call.now,
    )
    for one in many.people:
        if one.check_in is not None:
            metrics.count_check_in(one.check_in.status.value if one.is_new else "again")
    return ManyByHandOut.of(many)


@api.post("/sessions/<uuid:session_id>/walk-ins")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses(
    "not_found", "person_unknown", "own_attendance", "project_closed", "project_not_announced", "project_full",
    "session_full", "session_cancelled", "session_not_open", "time_outside_session",
)  # fmt: skip
@api.input(WalkIn, arg_name="body")
@api.output(WalkInOut, status_code=201)
@api.doc(responses=another_answer(200, "On the roster and checked in before", WalkInOut))
@with_names
def add_walk_in(call: Call, session_id: uuid.UUID, body: WalkIn) -> tuple[WalkInOut, int]:
    """Put somebody who came onto the roster, give them a place where places are limited, and check them in.

    All of it is done with one reason, or nothing. The capacity of the project and of the session holds.
    """
    walked_in = call.components.staff_desk.walk_in(
        call.db, session_id=session_id, named=body.named(), statement=body.statement(), caller=call.caller, now=call.now
    )
    done = walked_in.checked_in
    metrics.count_check_in(done.check_in.status.value if done.is_new else "again")
    return WalkInOut.of_walked_in(walked_in), 201 if done.is_new or walked_in.was_added else 200


@api.get("/projects/<uuid:project_id>/attendance-acts")
@signed_in(roles=OVERSEERS, tasks=DOOR)
@refuses("not_found")
@api.input(ActsPage, location="query", arg_name="query")
@api.output(ActList)
@with_names
def list_attendance_acts(call: Call, project_id: uuid.UUID, query: ActsPage) -> ActList:
    """Show what staff did about attendance at a project, newest first: by hand, walk-ins, corrections, reviews.

    Who is assigned to the door of one session asks for that session.
    """
    project = oversee_project(
        call.db, project_id=project_id, caller=call.caller, tasks=DOOR, session_id=query.session_id
    )
    page = paged(
        query,
        by_instant_and_id(ActKey, "act.made_at", "act.id"),
        lambda after, limit: act_lists.list_acts(
            call.db,
            project=project,
            session_id=query.session_id,
            after=after,
            limit=limit,
            caller=call.caller,
            now=call.now,
        ),
    )
    return ActList.of(page, ActOut.of)


@api.post("/attendance-acts/<uuid:act_id>/undo")
@signed_in(roles=ORGANIZERS, tasks=DOOR)
@refuses("not_found", "project_closed", "act_too_old", "not_last_act", "act_built_upon")
@api.input(UndoIn, arg_name="body")
@api.output(ActOut)
@with_names
def undo_attendance_act(call: Call, act_id: uuid.UUID, body: UndoIn) -> ActOut:
    """Undo my last step about attendance at a project, within a quarter of an hour. The people are told.

    What was there before counts again. Nothing may be built on it since: a check-out, a correction, an exam.
    """
    undoing.undo(
        call.db,
        act_id=act_id,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
        receipts=call.components.receipts,
    )
    return ActOut.of(act_lists.get_act(call.db, act_id=act_id))
