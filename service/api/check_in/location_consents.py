"""Consent to send one's location at check-in (PRIVACY L-22)."""

from apiflask import APIBlueprint

from attendance.check_in import location_consents
from service.api.check_in.schemas.location_consents import LocationConsentOut, LocationTextOut
from service.edge.access import public, signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.problems import in_callers_language
from service.edge.answers.refusals import refuses
from service.edge.calls import Call, PublicCall

api = APIBlueprint("location_consents", __name__, tag="Check-in")


@api.get("/location-consent")
@public
@refuses()
@api.output(LocationTextOut)
def get_location_text(call: PublicCall) -> LocationTextOut:
    """Show the text that the client asks people to agree to before it first asks the phone for its location."""
    version = location_consents.CURRENT
    return LocationTextOut(version=version, text=in_callers_language(location_consents.TEXTS[version]))


@api.get("/me/location-consent")
@signed_in()
@refuses()
@api.output(LocationConsentOut)
def get_my_location_consent(call: Call) -> LocationConsentOut:
    """Show whether I have agreed to send my location: to which text, and when."""
    found = location_consents.find_consent(call.db, call.caller.person_id)
    if found is None:
        return LocationConsentOut(is_given=False, version=None, text=None, given_at=None)
    text = location_consents.TEXTS.get(found.version)
    return LocationConsentOut(
        is_given=True,
        version=found.version,
        text=in_callers_language(text) if text else None,
        given_at=found.given_at,
    )


@api.delete("/me/location-consent")
@signed_in()
@refuses()
@api.output(Empty, status_code=204)
def withdraw_my_location_consent(call: Call) -> Empty:
    """Take my consent back. The client asks again before it sends another location."""
    location_consents.withdraw(call.db, caller=call.caller, now=call.now)
    return Empty()
