"""The phone of an account: its change, and the number that belongs to it."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.enrolment import withdrawals
from accounts.errors import BadCode
from accounts.people import people
from accounts.people.phone_changes import NewPhone, OwnProof
from accounts.phones import normal_phone
from accounts.sign_in import sms_codes
from models.accounts import SmsPurpose
from models.people import Person
from service.api.sign_in.schemas.phones import NumberLookup, NumberOut, OwnPhoneChange, PhoneChange
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.refusals import refuses
from service.edge.callers.devices import this_device
from service.edge.calls import Call, PublicCall

api = APIBlueprint("phones", __name__, tag="Sign-in")


@api.put("/me/phone")
@signed_in(keeps_reply=False, asks_otp=True)
@refuses(
    *("phone_invalid", "phone_proof_required", "phone_taken", "bad_code", "current_password_wrong"),
    *("too_many_attempts", "sign_in_busy"),
)
@api.input(OwnPhoneChange, arg_name="body")
@api.output(Empty, status_code=204)
def change_phone(call: Call, body: OwnPhoneChange) -> Response:
    """Change my phone, by a code to the new one and the password or a code to the old one. Other sign-ins end.

    Both codes are asked for with `phone_change`. The old phone is told. Who has a second factor shows it in X-OTP: the
    phone may be a part of it.
    """
    new = NewPhone(normal_phone(body.phone), body.code, this_device(body.device_id))
    proof = OwnProof(body.password, body.old_code)
    call.components.phone_changes.change_own(call.db, caller=call.caller, new=new, proof=proof, now=call.now)
    return Response(status=204)


@api.put("/people/<uuid:person_id>/phone")
@signed_in(roles=people.PEOPLE_ADMINS, keeps_reply=False, asks_otp=True)
@refuses(
    *("not_found", "role_too_high", "own_account", "phone_invalid", "phone_taken", "bad_code"),
    "too_many_attempts",
)
@api.input(PhoneChange, arg_name="body")
@api.output(Empty, status_code=204)
def change_phone_of(call: Call, person_id: uuid.UUID, body: PhoneChange) -> Response:
    """Change the phone of somebody who came in person. All their sign-ins end, and the old phone is told.

    The admin asks for the code with `phone_change`, and the person reads it out from the new phone. If a face is on
    file, its owner is asked whether it is theirs (`question` of `GET /me/face`).
    """
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    new = NewPhone(normal_phone(body.phone), body.code, this_device(body.device_id))
    call.components.phone_changes.change_for(
        call.db, person=person, new=new, reason=body.reason, caller=call.caller, now=call.now
    )
    withdrawals.ask_owner(call.db, person_id=person.id, now=call.now, notices=call.components.notices)
    return Response(status=204)


@api.post("/auth/number-lookups")
@public
@refuses("phone_invalid", "bad_code", "too_many_attempts")
@api.input(NumberLookup, arg_name="body")
@api.output(NumberOut)
def look_up_number(call: PublicCall, body: NumberLookup) -> NumberOut:
    """Show the 继教编号 of a phone's owner, who gives a code that was sent to it (找回账户).

    The code is asked for without a purpose, and is used up.
    """
    person_id = sms_codes.redeem(
        call.db,
        phone=normal_phone(body.phone),
        purpose=SmsPurpose.SIGN_IN,
        code=body.code,
        device=this_device(body.device_id),
        now=call.now,
        seal=call.components.seal,
    )
    person = call.db.get(Person, person_id)
    if person is None:
        raise BadCode(field="code").keeping_writes()
    return NumberOut(cme_number=person.cme_number)
