"""Sign-in, new tokens, sign-out, and changes of the password."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from sqlalchemy import select

from accounts.enrolment import withdrawals
from accounts.errors import BadCode, BadCredentials, ProofRequired, ProofWrong, PuzzleRequired, SignInBusy
from accounts.phones import normal_phone
from accounts.second_factor.second_steps import Factor
from accounts.sign_in import out_of_province, owner_locks, password_changes, sign_ins, slips, sms_codes
from accounts.sign_in.by_password import Attempt
from accounts.sign_in.devices import Device
from accounts.sign_in.errors import OtpRequired, OtpWrong
from accounts.sign_in.puzzles import Solution
from accounts.sign_in.sign_ins import Bearer
from models.accounts import Account, SignIn, SignInEnd, SmsPurpose
from models.sign_in_proofs import PasswordSlip
from service.api.sign_in.beginning import Proven, begin_sign_in, tokens_of
from service.api.sign_in.schemas.auth import (
    Keep,
    LoginRequest,
    PasswordChange,
    PasswordReset,
    SmsCodeRequest,
    SmsCodeSent,
    Tokens,
)
from service.edge.access import after_commit, public, signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.refusals import refuses
from service.edge.callers import refresh_cookies, sign_in_replies
from service.edge.callers.bearers import caller_if_signed_in
from service.edge.callers.devices import this_device
from service.edge.calls import Call, PublicCall
from service.edge.requests.body_limits import read_body
from service.observing import metrics

api = APIBlueprint("auth", __name__, tag="Sign-in")


@api.post("/auth/sms-codes")
@public
@refuses(
    *("phone_invalid", "id_number_invalid", "too_many_attempts", "too_many_phones", "sms_exhausted", "token_invalid"),
    "own_credits_only",
)
@api.input(SmsCodeRequest, arg_name="body")
@api.output(SmsCodeSent, status_code=202)
def send_code(call: PublicCall, body: SmsCodeRequest) -> SmsCodeSent:
    """Send a code by SMS. The answer is the same for a known and an unknown phone.

    With `id_number`, for somebody of another province: a code comes every 120 s and five times a day (M-10.2).
    purpose `phone_change`: with the bearer of somebody who changes a phone, to the new phone or to their old one.
    """
    phone, device = normal_phone(body.phone), this_device(body.device_id)
    requests = call.components.sms_requests
    if body.id_number is not None:
        papers = out_of_province.read_papers(id_number=body.id_number, phone=body.phone)
        asked = requests.ask_out_of_province(call.db, papers=papers, device=device, now=call.now)
    elif body.purpose == "phone_change":
        caller = caller_if_signed_in(call)
        asked = requests.ask_to_change(call.db, phone=phone, account_id=caller.account_id, device=device, now=call.now)
    else:
        purpose = SmsPurpose(body.purpose)
        asked = requests.ask(call.db, phone=phone, purpose=purpose, device=device, now=call.now)
    if asked.message is not None:
        message, gateway = asked.message, call.components.sms
        after_commit(lambda: gateway.send(message))
    return SmsCodeSent(expires_in=asked.expires_in, retry_after=asked.retry_after)


@api.post("/auth/login")
@public
@refuses(
    *("bad_credentials", "bad_code", "account_suspended", "phone_invalid", "too_many_attempts", "puzzle_required"),
    *("proof_required", "proof_wrong", "otp_required", "otp_wrong", "token_invalid", "idempotency_key_reused"),
    *("sign_in_busy", "id_number_invalid"),
)
@api.input(LoginRequest, arg_name="body")
@api.output(Tokens)
def login(call: PublicCall, body: LoginRequest) -> Tokens:
    """Sign in with number and password, or phone and SMS code; from another province with the ID number too.

    The last one's token opens only one's own credits and certificates; all else is 403 `own_credits_only` (M-10.2).

    An initial password needs a proof of the person (`proof_required`). A one-time slip of an admin goes as `password`.
    `otp` is the second factor (`otp_required`); a sign-in that is refused for it spends neither code nor slip.
    With an Idempotency-Key, a lost answer is given again for ten minutes, as long as its refresh token was not used.
    """
    sign_in = sign_in_replies.once(call, lambda: _sign_in(call, body))
    metrics.count_sign_in("ok")
    return tokens_of(sign_in, body.keep)


@api.post("/auth/refresh")
@public
@refuses("token_invalid", "account_suspended", "sign_in_idle", "foreign_origin")
@api.output(Tokens)
@api.doc(security="bearer", responses={204: "Neither a token nor a cookie: nobody is signed in."})
def refresh(call: PublicCall) -> Tokens | Response:
    """Exchange the refresh token (as bearer, or in the cookie) for a new pair. A repeated call returns the same pair.

    Once the new refresh token was exchanged in its turn, a call with the old one ends the sign-in.
    """
    if refresh_cookies.has_bearer():
        verify_jwt_in_request(refresh=True)
        keep: Keep = "body"
    elif refresh_cookies.is_kept():
        refresh_cookies.verify()
        keep = "cookie"
    else:
        return Response(status=204)
    step, staff_idle = sign_ins.step_of(get_jwt()), call.components.settings.staff_idle
    return tokens_of(sign_ins.rotate(call.db, step, staff_idle=staff_idle, now=call.now), keep)


@api.post("/auth/logout")
@signed_in(opens_to_password_change=True, opens_to_out_of_province=True, keeps_reply=False)
@refuses()
@api.output(Empty, status_code=204)
def logout(call: Call) -> Response:
    """Sign out. All tokens of this sign-in become invalid, and a browser's cookie is deleted."""
    sign_ins.end(call.db, sign_in_id=call.caller.sign_in_id, reason=SignInEnd.SIGNED_OUT, now=call.now)
    refresh_cookies.clear()
    return Response(status=204)


def _changed_before(call: PublicCall, bearer: Bearer) -> dict[str, Any] | None:
    """Return the answer of an equal change: it has ended the sign-in whose token comes with this request."""
    sign_in = sign_in_replies.find_repeated(call, account_id=bearer.account_id)
    if sign_in is None:
        return None
    return tokens_of(sign_in, PasswordChange.model_validate_json(read_body()).keep).model_dump(mode="json")


@api.put("/me/password")
@signed_in(opens_to_password_change=True, keeps_reply=False, once_ended=_changed_before)
@refuses(
    *("current_password_wrong", "password_not_set", "password_too_weak", "too_many_attempts", "account_suspended"),
    *("sign_in_busy", "idempotency_key_reused"),
)
@api.input(PasswordChange, arg_name="body")
@api.output(Tokens)
def change_password(call: Call, body: PasswordChange) -> Tokens:
    """Change the password. All other sign-ins end; this one continues with new tokens.

    After a sign-in with a one-time slip, the slip is the current password. With an Idempotency-Key, a lost answer is
    given again for ten minutes, as long as its refresh token was not used.
    """
    sign_in = sign_in_replies.once(call, lambda: _change(call, body), account_id=call.caller.account_id)
    return tokens_of(sign_in, body.keep)


@api.post("/auth/password-resets")
@public
@refuses(
    *("bad_code", "password_too_weak", "phone_invalid", "account_suspended", "too_many_attempts"),
    *("idempotency_key_reused", "sign_in_busy"),
)
@api.input(PasswordReset, arg_name="body")
@api.output(Empty, status_code=204)
def reset_password(call: PublicCall, body: PasswordReset) -> Response:
    """Set a new password with a code that was sent for `password_reset`. All sign-ins end.

    If a face is on file, its owner is asked whether it is theirs (`question` of `GET /me/face`).
    """
    sign_in_replies.once(call, lambda: _reset(call, body))
    return Response(status=204)


def _sign_in(call: PublicCall, body: LoginRequest) -> SignIn:
    device = this_device(body.device_id)
    prove = _by_code if body.cme_number is None else _by_password
    if body.id_number is not None:
        prove = _by_id_number
    try:
        return begin_sign_in(call, prove(call, body, device), device)
    except (OtpRequired, OtpWrong) as refused:
        metrics.count_sign_in(refused.code)
        raise


def _change(call: Call, body: PasswordChange) -> SignIn:
    changed = password_changes.change(
        call.db,
        caller=call.caller,
        current=body.current_password,
        new=body.new_password,
        now=call.now,
        seal=call.components.seal,
        queue=call.components.password_queue,
    )
    device = this_device(body.device_id)
    is_due = call.db.scalar(select(SignIn.is_second_factor_due).where(SignIn.id == call.caller.sign_in_id))
    return begin_sign_in(call, Proven(changed, "password", is_due=bool(is_due)), device)


def _reset(call: PublicCall, body: PasswordReset) -> None:
    person_id = password_changes.reset(
        call.db,
        phone=normal_phone(body.phone),
        code=body.code,
        new=body.new_password,
        device=this_device(body.device_id),
        now=call.now,
        seal=call.components.seal,
        queue=call.components.password_queue,
    )
    withdrawals.ask_owner(call.db, person_id=person_id, now=call.now, notices=call.components.notices)


def _by_password(call: PublicCall, body: LoginRequest, device: Device) -> Proven:
    attempt = Attempt(
        cme_number=body.cme_number or "",
        password=body.password or "",
        device=device,
        solution=Solution(body.puzzle.challenge, body.puzzle.answer) if body.puzzle else None,
        proof=body.proof.read() if body.proof else None,
    )
    try:
        opened = call.components.password_desk.check(call.db, attempt, now=call.now)
        steps = call.components.second_steps
        demand = steps.demand_of(call.db, opened.account.id)
        shown = (Factor.SMS,) if opened.is_phone_proven else ()
        if demand.asks_beside(shown):
            if attempt.proof is not None:
                call.db.rollback()  # the code of the proof is spent after the second factor, as below
            else:
                call.db.commit()  # nobody waits for the owner's lock while the second factor is judged
            steps.check(call.db, demand, otp=body.otp, device=device, now=call.now)
            if attempt.proof is not None:
                opened = call.components.password_desk.check(call.db, attempt, now=call.now)
            elif not owner_locks.is_unchanged(call.db, opened.account):
                raise BadCredentials  # the password was reset meanwhile
        if opened.slip is not None:
            _use_slip(call, opened.slip, opened.account)
    except (BadCredentials, PuzzleRequired, ProofRequired, ProofWrong, SignInBusy) as refused:
        metrics.count_sign_in(refused.code)
        raise
    return Proven(opened.account, "password" if opened.slip is None else "slip", is_due=demand.is_due, slip=opened.slip)


def _use_slip(call: PublicCall, slip: PasswordSlip, account: Account) -> None:
    if not slips.use(call.db, slip, account, now=call.now):
        raise BadCredentials
    withdrawals.ask_owner(call.db, person_id=account.person_id, now=call.now, notices=call.components.notices)


def _by_code(call: PublicCall, body: LoginRequest, device: Device) -> Proven:
    try:
        account = _redeem(call, body, device)
        steps = call.components.second_steps
        demand = steps.demand_of(call.db, account.id, method="sms")
        if demand.asks_beside():
            call.db.rollback()  # the SMS code is spent after the second factor, so that a wrong one costs no message
            steps.check(call.db, demand, otp=body.otp, device=device, now=call.now)
            account = _redeem(call, body, device)
        password_changes.retire_initial(call.db, account, now=call.now)
    except BadCode as bad:
        metrics.count_sign_in(bad.code)
        raise
    return Proven(account, "sms", is_due=demand.is_due)


def _by_id_number(call: PublicCall, body: LoginRequest, device: Device) -> Proven:
    papers = out_of_province.read_papers(id_number=body.id_number or "", phone=body.phone or "")
    seal = call.components.seal
    try:
        account = out_of_province.redeem(
            call.db, papers=papers, code=body.code or "", device=device, now=call.now, seal=seal
        )
    except BadCode as bad:
        metrics.count_sign_in(bad.code)
        raise
    return Proven(account, sign_ins.BY_ID_NUMBER, is_due=False)


def _redeem(call: PublicCall, body: LoginRequest, device: Device) -> Account:
    """Return the account of the phone, whose code is used up. Raises BadCode."""
    person_id = sms_codes.redeem(
        call.db,
        phone=normal_phone(body.phone or ""),
        purpose=SmsPurpose.SIGN_IN,
        code=body.code or "",
        device=device,
        now=call.now,
        seal=call.components.seal,
    )
    account = sign_ins.find_account(call.db, person_id=person_id)
    if account is None:
        raise BadCode(field="code").keeping_writes()
    return account
