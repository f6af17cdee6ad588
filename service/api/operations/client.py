"""What a client asks before anybody has signed in: whose installation this is, and what it offers."""

from typing import cast

from apiflask import APIBlueprint, APIFlask
from flask import current_app

from accounts.enrolment import face_law
from accounts.people.people import find_province
from accounts.sign_in.passwords import KINDS, RULE
from foundation.clock import day_at_home
from service.api.operations.schemas.client import ClientOut, PasswordRuleOut, SwitchedOnOut
from service.edge.access import public
from service.edge.calls import PublicCall
from service.edge.refusals import refuses

api = APIBlueprint("client", __name__, tag="Operations")

NAME, NAME_EN = "继续医学教育考勤与学分", "CME attendance and credit"


@api.get("/client")
@public
@refuses()
@api.output(ClientOut)
def get_client(call: PublicCall) -> ClientOut:
    """Show what a client needs to know before anybody signs in: the province, the contact and what is switched on."""
    settings = call.components.settings
    province = find_province(call.db)
    law = face_law.read(call.db, today=day_at_home(call.now))
    return ClientOut(
        name=NAME,
        name_en=NAME_EN,
        province=None if province is None else province.name,
        privacy_contact=settings.privacy_contact or None,
        password=PasswordRuleOut(shortest=RULE.shortest, longest=RULE.longest, kinds=RULE.kinds, of=list(KINDS)),
        switched_on=SwitchedOnOut(
            second_factor=settings.needs_second_factor,
            initial_proof=settings.asks_initial_proof,
            faces=law.is_offered,
            kiosks=settings.kiosks,
            sms=settings.demo or settings.sms_gateway != "outbox",
        ),
        photos_needed=settings.photos_needed,
        version=str(cast(APIFlask, current_app).version),
        demo=settings.demo,
    )
