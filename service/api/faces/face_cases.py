"""Decisions of admins about faces: one face on two accounts, and a new enrolment."""

import uuid
from collections.abc import Sequence

from apiflask import APIBlueprint

from accounts.face_decisions import case_people, face_cases, face_resets
from accounts.whom_to_ask import FACE_ADMINS
from models.faces import FaceCase, FaceReset
from models.people import Role
from service.api.faces.schemas.face_cases import (
    CaseDecision,
    CaseList,
    CaseOut,
    CasePage,
    ModelList,
    ModelOut,
    ResetList,
    ResetOut,
    ResetPage,
)
from service.api.people.schemas.admin import Because
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names
from service.edge.answers.cursor_keys import BY_ID
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("face_cases", __name__, tag="Faces")


@api.get("/face-cases")
@signed_in(roles=FACE_ADMINS, writes=True)  # each look is audited
@refuses()
@api.input(CasePage, location="query", arg_name="query")
@api.output(CaseList)
@with_names
def list_cases(call: Call, query: CasePage) -> CaseList:
    """Show the cases of people in my units, oldest first, with their people side by side."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: face_cases.list_cases(
            call.db, caller=call.caller, status=query.status, after=after, limit=limit
        ),
    )
    shown = {case.id: out for case, out in zip(page.rows, _looked_at(call, page.rows), strict=True)}
    return CaseList.of(page, lambda case: shown[case.id])


@api.get("/face-cases/<uuid:case_id>")
@signed_in(roles=FACE_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.output(CaseOut)
@with_names
def get_case(call: Call, case_id: uuid.UUID) -> CaseOut:
    """Show a case with its people side by side, and what tells them apart."""
    (shown,) = _looked_at(call, [face_cases.get_case(call.db, case_id=case_id, caller=call.caller)])
    return shown


@api.post("/face-cases/<uuid:case_id>/decision")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "already_decided", "own_face", "role_too_high")
@api.input(CaseDecision, arg_name="body")
@api.output(CaseOut)
@with_names
def decide_case(call: Call, case_id: uuid.UUID, body: CaseDecision) -> CaseOut:
    """Decide a case: all is well (accept), which activates a held face, or it is not (reject), which deletes it."""
    case = face_cases.decide_case(
        call.db,
        case_id=case_id,
        accept=body.decision == "accept",
        reason=body.reason,
        caller=call.caller,
        now=call.now,
        notices=call.components.notices,
    )
    return _shown(call, [case])[0]


@api.post("/people/<uuid:person_id>/face-resets")
@signed_in(roles=FACE_ADMINS, asks_otp=True)
@refuses("not_found", "face_not_enrolled", "reset_asked_already", "role_too_high")
@api.input(Because, arg_name="body")
@api.output(ResetOut, status_code=201)
@with_names
def request_reset(call: Call, person_id: uuid.UUID, body: Because) -> ResetOut:
    """Request that a person may enrol again. Nothing is deleted before a second admin approves."""
    reset = face_resets.request_reset(
        call.db, person_id=person_id, reason=body.reason, caller=call.caller, now=call.now
    )
    return _reset_out(call, reset)


@api.get("/face-resets")
@signed_in(roles=FACE_ADMINS)
@refuses()
@api.input(ResetPage, location="query", arg_name="query")
@api.output(ResetList)
@with_names
def list_resets(call: Call, query: ResetPage) -> ResetList:
    """Show the requests for people in my units, oldest first. The open ones wait for a second admin."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: face_resets.list_resets(
            call.db, caller=call.caller, status=query.status, after=after, limit=limit
        ),
    )
    shown = {view.reset.id: ResetOut.of(view) for view in face_resets.show_resets(call.db, page.rows)}
    return ResetList.of(page, lambda reset: shown[reset.id])


@api.post("/face-resets/<uuid:reset_id>/refuse")
@signed_in(roles=FACE_ADMINS)
@refuses("not_found", "own_face", "already_decided", "role_too_high")
@api.input(Because, arg_name="body")
@api.output(ResetOut)
@with_names
def refuse_reset(call: Call, reset_id: uuid.UUID, body: Because) -> ResetOut:
    """Refuse a request, or take back one's own. The face stays as it is."""
    reset = face_resets.refuse_reset(call.db, reset_id=reset_id, reason=body.reason, caller=call.caller, now=call.now)
    return _reset_out(call, reset)


@api.post("/face-resets/<uuid:reset_id>/approval")
@signed_in(roles=FACE_ADMINS, asks_otp=True)
@refuses("not_found", "own_face", "role_too_high", "second_admin_needed", "already_decided", "reset_outdated")
@api.output(ResetOut)
@with_names
def approve_reset(call: Call, reset_id: uuid.UUID) -> ResetOut:
    """Approve a reset that another admin requested. The face is deleted at once."""
    reset = face_resets.approve_reset(
        call.db, reset_id=reset_id, caller=call.caller, now=call.now, notices=call.components.notices
    )
    return _reset_out(call, reset)


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


def _looked_at(call: Call, cases: Sequence[FaceCase]) -> list[CaseOut]:
    """Return the cases as they are shown, and audit the look. The answer is sent only if that is committed."""
    case_people.note_look(call.db, cases, caller=call.caller, now=call.now)
    return _shown(call, cases)


def _shown(call: Call, cases: Sequence[FaceCase]) -> list[CaseOut]:
    return [CaseOut.of(view) for view in case_people.show_cases(call.db, cases, seal=call.components.seal)]


def _reset_out(call: Call, reset: FaceReset) -> ResetOut:
    (view,) = face_resets.show_resets(call.db, [reset])
    return ResetOut.of(view)
