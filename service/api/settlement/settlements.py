"""Settlement of projects: preview, confirmation, review, reversals, reopening."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from attendance.projects.access import ORGANIZERS, OVERSEERS, REVIEWERS, oversee_project
from attendance.settlement import confirmation, previews, reversals, settlements, taught_hours
from attendance.settlement.lists import LinesSought
from attendance.settlement.remarks import remarks_on
from attendance.settlement.reversals import CorrectedValues
from foundation import jobs
from models.settlements import Settlement
from service.api.settlement.schemas.previews import PreviewAsked, PreviewOut
from service.api.settlement.schemas.reversals import (
    LiftingOut,
    NamedPeopleIn,
    ReopenedOut,
    ReopeningIn,
    ReversalIn,
    ReversalOut,
)
from service.api.settlement.schemas.settlements import (
    ConfirmationIn,
    OfferOut,
    ReviewIn,
    SettlementList,
    SettlementOut,
    TaughtHoursIn,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("settlements", __name__, tag="Settlement")


@api.put("/projects/<uuid:project_id>/taught-hours")
@signed_in(roles=ORGANIZERS)
@refuses("not_found", "project_closed", "person_not_on_roster", "own_attendance", "too_many_hours")
@api.input(TaughtHoursIn, arg_name="body")
@api.output(Empty, status_code=204)
def set_taught_hours(call: Call, project_id: uuid.UUID, body: TaughtHoursIn) -> Response:
    """Set how many hours each speaker taught, before the settlement is confirmed."""
    hours = [(each.person(), each.hours) for each in body.speakers]
    taught_hours.set_taught_hours(call.db, project_id=project_id, hours=hours, caller=call.caller, now=call.now)
    return Response(status=204)


@api.get("/projects/<uuid:project_id>/settlement/preview")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.input(PreviewAsked, location="query", arg_name="query")
@api.output(PreviewOut)
def preview_settlement(call: Call, project_id: uuid.UUID, query: PreviewAsked) -> PreviewOut:
    """Show what a confirmation would give now: who gets credits, who gets none and why.

    It also shows who can still complete what is missing. The confirmation hands in every exam whose time is over; a
    check every ten minutes does this too. Until then such an exam counts here as not passed.
    """
    drawn = previews.preview(call.db, project_id=project_id, caller=call.caller, now=call.now)
    page = paged(
        query,
        by_text_and_id("cme_number", "person_id"),
        lambda after, limit: previews.list_lines(
            call.db, drawn=drawn, sought=LinesSought(query.q), after=after, limit=limit
        ),
    )
    people = [each.person_id for each in page.rows]
    return PreviewOut.of(drawn, page, remarks_on(call.db, project_id=project_id, people=people))


@api.post("/projects/<uuid:project_id>/settlement")
@signed_in(roles=ORGANIZERS)
@refuses(
    "not_found", "transition_not_allowed", "project_not_over", "import_under_way", "still_open",
    "check_ins_to_review", "already_decided",
)  # fmt: skip
@api.input(ConfirmationIn, arg_name="body")
@api.output(SettlementOut, status_code=202)
@with_names
def confirm_settlement(call: Call, project_id: uuid.UUID, body: ConfirmationIn) -> SettlementOut:
    """Confirm (确认) the list and send it to the reviewing unit. Sent again, it returns the same settlement.

    If people can still evaluate or sit the exam, choose `wait` or `cut_off`. After a wait, and when the first list is
    settled, the next call confirms the supplementary round that `GET .../settlements` offers.
    """
    made = confirmation.confirm(
        call.db,
        call.components.processes,
        project_id=project_id,
        choice=body.choice(),
        caller=call.caller,
        now=call.now,
    )
    return SettlementOut.of(made)


@api.post("/settlements/<uuid:settlement_id>/review")
@signed_in(roles=REVIEWERS)
@refuses(
    "not_found", "already_decided", "reason_needed", "second_admin_needed", "transition_not_allowed",
    "project_not_over",
)  # fmt: skip
@api.input(ReviewIn, arg_name="body")
@api.output(SettlementOut, status_code=202)
@with_names
def review_settlement(call: Call, settlement_id: uuid.UUID, body: ReviewIn) -> SettlementOut:
    """Approve (审核通过) or return (退回) a settlement, as the final reviewing unit; grants follow by a job."""
    reviewed = settlements.review(
        call.db,
        settlement_id=settlement_id,
        verdict=body.decision,
        comment=body.comment,
        caller=call.caller,
        now=call.now,
    )
    return _with_job(call, reviewed)


@api.get("/settlements/<uuid:settlement_id>")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.output(SettlementOut)
@with_names
def get_one_settlement(call: Call, settlement_id: uuid.UUID) -> SettlementOut:
    """Show the status of a settlement, and how many of its grants are posted."""
    found = settlements.oversee_settlement(call.db, settlement_id=settlement_id, caller=call.caller)
    return _with_job(call, found)


@api.get("/projects/<uuid:project_id>/settlements")
@signed_in(roles=OVERSEERS)
@refuses("not_found")
@api.output(SettlementList)
@with_names
def list_settlements_of_project(call: Call, project_id: uuid.UUID) -> SettlementList:
    """Show the settlements of a project, newest first. Each return and each reopening adds one."""
    project = oversee_project(call.db, project_id=project_id, caller=call.caller)
    found = settlements.list_settlements(call.db, project=project)
    offer = confirmation.find_offer(call.db, project=project, now=call.now)
    return SettlementList(
        items=[_with_job(call, each) for each in found],
        open_until=project.open_until,
        offered=None if offer is None else OfferOut.model_validate(offer),
    )


@api.post("/settlements/<uuid:settlement_id>/reversals")
@signed_in(roles=REVIEWERS, asks_otp=True)
@refuses("not_found", "settlement_under_way")
@api.input(ReversalIn, arg_name="body")
@api.output(ReversalOut)
def reverse_grants(call: Call, settlement_id: uuid.UUID, body: ReversalIn) -> ReversalOut:
    """Reverse the grants that some people have from this project, because of a mistake or misconduct."""
    done = reversals.reverse(
        call.db,
        call.components.processes,
        settlement_id=settlement_id,
        named=body.person(),
        cause=body.cause,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return ReversalOut.model_validate(done)


@api.post("/settlements/<uuid:settlement_id>/misconduct-liftings")
@signed_in(roles=REVIEWERS)
@refuses("not_found")
@api.input(NamedPeopleIn, arg_name="body")
@api.output(LiftingOut)
def lift_misconduct(call: Call, settlement_id: uuid.UUID, body: NamedPeopleIn) -> LiftingOut:
    """Allow the next round to grant again to people whose grant was reversed because of misconduct."""
    done = reversals.lift_misconduct(
        call.db,
        settlement_id=settlement_id,
        named=body.person(),
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return LiftingOut.model_validate(done)


@api.post("/settlements/<uuid:settlement_id>/reopening")
@signed_in(roles=REVIEWERS)
@refuses("not_found", "transition_not_allowed", "too_many_hours", "project_incomplete")
@api.input(ReopeningIn, arg_name="body")
@api.output(ReopenedOut)
def reopen_project(call: Call, settlement_id: uuid.UUID, body: ReopeningIn) -> ReopenedOut:
    """Reopen a settled project, to correct its attendance and its approved credits and hours.

    The next settlement gives grants only to people without one: their grants were reversed, or they were left out.
    """
    project = reversals.reopen(
        call.db,
        settlement_id=settlement_id,
        reason=body.reason,
        corrected=CorrectedValues(body.credits, body.hours),
        caller=call.caller,
        now=call.now,
    )
    return ReopenedOut.model_validate(project)


def _with_job(call: Call, settlement: Settlement) -> SettlementOut:
    job = jobs.find_latest(call.db, kind=settlements.JOB, subject_id=settlement.id)
    return SettlementOut.of(settlement, job)
