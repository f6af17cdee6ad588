"""My sign-ins, and the failed ones."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.sign_in import devices, failures, own_sign_ins, sign_ins
from models.accounts import SignInEnd
from models.people import Role
from service.api.sign_in.schemas.my_sign_ins import FailedSignInList, FailedSignInOut, SignInList, SignInOut
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty, Page
from service.edge.answers.cursor_keys import BY_ID, by_instant_and_id
from service.edge.answers.paging import paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_sign_ins", __name__, tag="Sign-in")


@api.get("/me/sign-ins")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(SignInList)
def list_sign_ins(call: Call, query: Page) -> SignInList:
    """List my sign-ins that have not ended, newest first; the one that asks is marked `current`."""
    page = paged(
        query,
        BY_ID,
        lambda after, limit: own_sign_ins.list_live(call.db, call.caller, after=after, limit=limit, now=call.now),
    )
    return SignInList.of(page, lambda row: SignInOut.of(row, call.caller))


@api.delete("/me/sign-ins/<uuid:sign_in_id>")
@signed_in()
@refuses("not_found")
@api.output(Empty, status_code=204)
def end_sign_in(call: Call, sign_in_id: uuid.UUID) -> Response:
    """End one of my sign-ins. Its tokens open nothing any more."""
    own_sign_ins.end_one(call.db, call.caller, sign_in_id, now=call.now)
    return Response(status=204)


@api.delete("/me/sign-ins")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def end_other_sign_ins(call: Call) -> Response:
    """End all my sign-ins but the one that asks. Other devices are no longer known to my account."""
    devices.forget(call.db, call.caller.account_id, but=sign_ins.device_of(call.db, call.caller.sign_in_id))
    sign_ins.end_others(call.db, call.caller, reason=SignInEnd.ENDED_BY_OWNER, now=call.now)
    return Response(status=204)


@api.get("/me/failed-sign-ins")
@signed_in()
@refuses()
@api.input(Page, location="query", arg_name="query")
@api.output(FailedSignInList)
def list_my_failed_sign_ins(call: Call, query: Page) -> FailedSignInList:
    """List the failed sign-ins on my account of the last 180 days, newest first."""
    return _list_failures(call, query, call.caller.account_id)


@api.get("/people/<uuid:person_id>/failed-sign-ins")
@signed_in(roles=(Role.AUDITOR,), writes=True)
@refuses("not_found")
@api.input(Page, location="query", arg_name="query")
@api.output(FailedSignInList)
def list_failed_sign_ins(call: Call, person_id: uuid.UUID, query: Page) -> FailedSignInList:
    """List the failed sign-ins on somebody's account, newest first. Each look of the auditor is audited."""
    account_id = failures.account_for_auditor(call.db, person_id=person_id, caller=call.caller, now=call.now)
    return _list_failures(call, query, account_id)


def _list_failures(call: Call, query: Page, account_id: uuid.UUID) -> FailedSignInList:
    page = paged(
        query,
        by_instant_and_id(failures.Place, "at"),
        lambda after, limit: failures.list_newest(call.db, account_id, after=after, limit=limit),
    )
    left_out = failures.left_out(call.db, account_id, now=call.now)
    return FailedSignInList.of(page, FailedSignInOut.model_validate, left_out_today=left_out)
