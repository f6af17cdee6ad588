"""What a client asks before anybody has signed in: whose installation this is, and what it offers."""

from typing import cast

from apiflask import APIBlueprint, APIFlask
from apiflask.schemas import FileSchema
from flask import Response, current_app

from accounts.enrolment import face_law
from accounts.people.people import find_province
from accounts.sign_in.passwords import KINDS, RULE
from foundation.clock import day_at_home
from foundation.errors import NotFound
from service.api.operations.schemas.client import ClientOut, PasswordRuleOut, SwitchedOnOut
from service.configuration.naming import NameSettings
from service.edge.access import public
from service.edge.answers.refusals import refuses
from service.edge.calls import PublicCall

api = APIBlueprint("client", __name__, tag="Operations")

LOGO_PATH = "/api/v1/client/logo/"
"""Where the logo lies, under the digest of its content."""
_FOREVER = "public, max-age=31536000, immutable"
_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'"


def logo_address(settings: NameSettings) -> str | None:
    """Return the address of the logo, None where there is none."""
    return None if settings.logo is None else LOGO_PATH + settings.logo.digest


@api.get("/client")
@public
@refuses()
@api.output(ClientOut)
def get_client(call: PublicCall) -> ClientOut:
    """Show what a client needs to know before anybody signs in: the province, the contact and what is switched on."""
    settings = call.components.settings
    province = find_province(call.db)
    sends_codes = settings.demo or settings.sms_gateway != "outbox"
    law = face_law.read(call.db, today=day_at_home(call.now))
    return ClientOut(
        name=settings.app_name,
        name_en=settings.app_name_en,
        short_name=settings.app_short_name,
        short_name_en=settings.app_short_name_en,
        logo=logo_address(settings),
        province=None if province is None else province.name,
        privacy_contact=settings.privacy_contact or None,
        password=PasswordRuleOut(shortest=RULE.shortest, longest=RULE.longest, kinds=RULE.kinds, of=list(KINDS)),
        switched_on=SwitchedOnOut(
            second_factor=settings.needs_second_factor,
            initial_proof=settings.asks_initial_proof,
            faces=law.is_offered,
            kiosks=settings.kiosks,
            sms=sends_codes,
            out_of_province=sends_codes,
        ),
        photos_needed=settings.photos_needed,
        version=str(cast(APIFlask, current_app).version),
        demo=settings.demo,
    )


@api.get("/client/logo/<digest>")
@public
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type="image/png")
def get_logo(call: PublicCall, digest: str) -> Response:
    """Show the logo of this installation, a square PNG. It may be kept for ever: another has another address."""
    logo = call.components.settings.logo
    if logo is None or digest != logo.digest:
        raise NotFound
    response = Response(logo.content, content_type="image/png")
    response.headers["Cache-Control"] = _FOREVER
    response.headers["Content-Security-Policy"] = _POLICY
    return response
