"""Decisions of admins about faces: one face on two accounts, and a new enrolment."""

import uuid

from apiflask import APIBlueprint

from accounts.enrolment import face_cases
from accounts.enrolment.face_cases import FACE_ADMINS
from models.people import Role
from service.api.people.schemas.admin import (
    Because,
    CaseDecision,
    CaseList,
    CaseOut,
    CasePage,
    ModelList,
    ModelOut,
    ResetOut,
)
from service.edge.access import signed_in
from service.edge.calls import Call
from service.edge.cursor_keys import BY_ID
from service.edge.paging import paged
from service.edge.refusals import refuses

api = APIBlueprint("face_cases", __name__, tag="Admin")


@api.get("/face-cases")
@signed_in(roles=FACE_ADMINS)
@refuses()
@api.input(CasePage, location="query", arg_name="query")
@api.output(CaseList)
def list_cases(call: Call, query: CasePage) -> CaseList:
    """Show the cases of people in my units, oldest first."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: face_cases.list_cases(
            call.db, caller=call.caller, status=query.status, after=after, limit=limit
        ),
    )
    return CaseList.of(page, CaseOut.model_validate)


@api.post("/face-cases/<uuid:case_id>/decision")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "already_decided", "second_admin_needed")
@api.input(CaseDecision, arg_name="body")
@api.output(CaseOut)
def decide_case(call: Call, case_id: uuid.UUID, body: CaseDecision) -> CaseOut:
    """Decide a case: all is well (accept), which activates a held face, or it is not (reject), which deletes it."""
    case = face_cases.decide_case(
        call.db,
        case_id=case_id,
        accept=body.decision == "accept",
        reason=body.reason,
        caller=call.caller,
        now=call.now,
    )
    return CaseOut.model_validate(case)


@api.post("/people/<uuid:person_id>/face-resets")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "face_not_enrolled")
@api.input(Because, arg_name="body")
@api.output(ResetOut, status_code=201)
def request_reset(call: Call, person_id: uuid.UUID, body: Because) -> ResetOut:
    """Request that a person may enrol again. Nothing is deleted before a second admin approves."""
    reset = face_cases.request_reset(call.db, person_id=person_id, reason=body.reason, caller=call.caller, now=call.now)
    return ResetOut.model_validate(reset)


@api.post("/face-resets/<uuid:reset_id>/approval")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "second_admin_needed", "already_decided")
@api.output(ResetOut)
def approve_reset(call: Call, reset_id: uuid.UUID) -> ResetOut:
    """Approve a reset that another admin requested. The face is deleted at once."""
    reset = face_cases.approve_reset(call.db, reset_id=reset_id, caller=call.caller, now=call.now)
    return ResetOut.model_validate(reset)


@api.get("/face-models")
@signed_in(roles=(*FACE_ADMINS, Role.SYSTEM_ADMIN))
@refuses()
@api.output(ModelList)
def list_models(call: Call) -> ModelList:
    """Show the progress of a change of the recognition model: the number of faces by model, the current model first."""
    books = call.components.faces
    counts = face_cases.count_by_model(call.db)
    known = books.policies.models
    models = [*known, *(model for model in sorted(counts) if model not in known)]
    return ModelList(
        items=[
            ModelOut(
                model=model,
                is_current=model == books.current,
                is_understood=model in known,
                faces=counts.get(model, 0),
            )
            for model in models
        ]
    )
