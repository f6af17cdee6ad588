"""The second factor: set up, confirmed, replaced and removed by its owner, or removed by an admin."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.people import people
from accounts.second_factor import second_factors
from accounts.second_factor.second_steps import FactorNeed
from accounts.sign_in import sign_ins
from accounts.sign_in.errors import SecondFactorKept
from accounts.sign_in.sms import NoticeKind
from attendance.sessions.qr_images import svg
from foundation.callers import require
from foundation.errors import Forbidden
from models.people import Role
from service.api.people.schemas.admin import Because
from service.api.sign_in.beginning import tokens_of
from service.api.sign_in.schemas.auth import Tokens
from service.api.sign_in.schemas.second_factor import SecondFactorCode, SecondFactorNew, SecondFactorState
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.refusals import refuses
from service.edge.callers.bearers import otp_of_request
from service.edge.calls import Call

api = APIBlueprint("second_factor", __name__, tag="Sign-in")

_REMOVERS = (Role.SYSTEM_ADMIN,)


@api.get("/me/second-factor")
@signed_in(opens_to_second_factor=True)
@refuses()
@api.output(SecondFactorState)
def get_second_factor(call: Call) -> SecondFactorState:
    """Show whether my second factor is set up, and whether my roles need one."""
    state = second_factors.get_state(call.db, call.caller.account_id)
    need = call.components.second_steps.need_of(call.db, call.caller.account_id)
    return SecondFactorState(
        is_confirmed=state.is_confirmed,
        is_required=need is not FactorNeed.NOTHING,
        need=need.value,
        recovery_codes_left=state.recovery_codes_left,
    )


@api.post("/me/second-factor")
@signed_in(opens_to_second_factor=True, keeps_reply=False)  # the secret is shown once and stored in no reply
@refuses("otp_required", "otp_wrong", "too_many_attempts")
@api.output(SecondFactorNew, status_code=201)
def begin_second_factor(call: Call) -> SecondFactorNew:
    """Make a new second factor. A confirmed one must be shown in X-OTP, and stays until the new one is confirmed."""
    with call.reading():
        is_asked = bool(call.components.second_steps.demand_of(call.db, call.caller.account_id).factors)
    if is_asked:  # also where an SMS code is the factor: a stolen token must not bring a factor of its own
        call.components.second_steps.check_now(call.db, call.caller, otp=otp_of_request(), now=call.now)
    made = second_factors.begin(call.db, call.caller.account_id, now=call.now, seal=call.components.seal)
    return SecondFactorNew(
        secret=made.secret, uri=made.uri, qr_svg=svg(made.uri).decode(), recovery_codes=made.recovery_codes
    )


@api.put("/me/second-factor")
@signed_in(opens_to_second_factor=True, keeps_reply=False)
@refuses("otp_wrong", "second_factor_not_begun", "too_many_attempts", "foreign_origin")
@api.input(SecondFactorCode, arg_name="body")
@api.output(Tokens)
def confirm_second_factor(call: Call, body: SecondFactorCode) -> Tokens:
    """Confirm the new second factor with a code of it. All my other sign-ins end; this one goes on with new tokens."""
    second_factors.confirm(call.db, call.caller, code=body.code, now=call.now, seal=call.components.seal)
    sign_in = sign_ins.renew(call.db, sign_in_id=call.caller.sign_in_id, now=call.now)
    call.components.notices.write(call.db, NoticeKind.SECOND_FACTOR_SET, person_id=call.caller.person_id, now=call.now)
    return tokens_of(sign_in, body.keep)


@api.delete("/me/second-factor")
@signed_in()
@refuses("otp_required", "otp_wrong", "second_factor_kept", "second_factor_missing", "too_many_attempts")
@api.output(Empty, status_code=204)
def remove_second_factor(call: Call) -> Response:
    """Remove my second factor, which must be shown in X-OTP; not where a role of mine needs it."""
    with call.reading():
        need = call.components.second_steps.need_of(call.db, call.caller.account_id)
    if need is FactorNeed.TOTP:
        raise SecondFactorKept
    call.components.second_steps.check_now(call.db, call.caller, otp=otp_of_request(), now=call.now)
    second_factors.remove_own(call.db, call.caller, now=call.now)
    return Response(status=204)


@api.delete("/people/<uuid:person_id>/second-factor")
@signed_in(roles=_REMOVERS, asks_otp=True)
@refuses("not_found", "role_too_high", "second_factor_missing")
@api.input(Because, arg_name="body")
@api.output(Empty, status_code=204)
def remove_for_person(call: Call, person_id: uuid.UUID, body: Because) -> Response:
    """Remove the second factor of somebody who lost phone and recovery codes. Their sign-ins end, and they are told."""
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    require(call.caller, _REMOVERS, person.unit.path)  # the reach of another role of theirs does not do
    if person.id == call.caller.person_id:
        raise Forbidden
    second_factors.remove_for(call.db, person=person, reason=body.reason, caller=call.caller, now=call.now)
    call.components.notices.write(call.db, NoticeKind.SECOND_FACTOR_REMOVED, person_id=person.id, now=call.now)
    return Response(status=204)
