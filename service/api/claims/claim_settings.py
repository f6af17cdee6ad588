"""Who may claim credits and through which review (O-4, O-11), and the words that are no name of an activity (O-8)."""

import uuid

from apiflask import APIBlueprint

from credit.access import AUTHORITY, CREDIT_ADMINS
from credit.claims import names, settings
from credit.claims.settings import NewSetting, Terms
from credit.errors import ClaimsNotOpened
from models.claims import ClaimSetting
from service.api.claims.schemas.claim_settings import (
    ClaimNameWords,
    ClaimNameWordsIn,
    ClaimPermissionIn,
    ClaimSettingIn,
    ClaimSettingOut,
    OwnTermsOut,
    TermsOut,
)
from service.edge.access import signed_in
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.problems import words_of_refusal
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("claim_settings", __name__, tag="Claim reviews")


@api.get("/me/claim-terms")
@signed_in()
@refuses()
@api.output(OwnTermsOut)
@with_names
def get_my_claim_terms(call: Call) -> OwnTermsOut:
    """Show whether I may claim credits, and through which review; and whom to ask if I may not."""
    terms = settings.terms_of(call.db, call.caller.person_id)
    message = None
    if not terms.is_open:
        facts = settings.admins_to_ask(call.db, call.caller.person_id)
        message = "".join(words_of_refusal(ClaimsNotOpened(facts=facts)))
    return OwnTermsOut(**_terms(terms).model_dump(exclude={"opener"}), message=message)


@api.get("/units/<uuid:unit_id>/claim-settings")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found")
@api.output(ClaimSettingOut)
@with_names
def get_claim_settings(call: Call, unit_id: uuid.UUID) -> ClaimSettingOut:
    """Show what a unit says of claims, and what holds for its people."""
    found, terms = settings.get_setting(call.db, unit_id=unit_id, caller=call.caller)
    return _out(unit_id, found, terms)


@api.put("/units/<uuid:unit_id>/claim-settings")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found")
@api.input(ClaimSettingIn, arg_name="body")
@api.output(ClaimSettingOut)
@with_names
def put_claim_settings(call: Call, unit_id: uuid.UUID, body: ClaimSettingIn) -> ClaimSettingOut:
    """Open or close claims for a unit and those below it, and say who reviews them. Waiting claims go on as before."""
    new = NewSetting(body.is_open, body.levels, body.open_years)
    found, terms = settings.set_unit(
        call.db, unit_id=unit_id, new=new, reason=body.reason, caller=call.caller, now=call.now
    )
    return _out(unit_id, found, terms)


@api.put("/people/<uuid:person_id>/claim-permission")
@signed_in(roles=CREDIT_ADMINS)
@refuses("not_found", "role_too_high")
@api.input(ClaimPermissionIn, arg_name="body")
@api.output(TermsOut)
@with_names
def put_claim_permission(call: Call, person_id: uuid.UUID, body: ClaimPermissionIn) -> TermsOut:
    """Open or close claims for one person, whatever their unit says; null lets their unit decide again."""
    terms = settings.set_person(
        call.db, person_id=person_id, is_open=body.is_open, reason=body.reason, caller=call.caller, now=call.now
    )
    return _terms(terms)


@api.get("/claim-name-words")
@signed_in()
@refuses()
@api.output(ClaimNameWords)
def list_claim_name_words(call: Call) -> ClaimNameWords:
    """Show the words that are no name of an activity by themselves, such as 大查房 (M-3.0.8)."""
    return ClaimNameWords(words=names.list_words(call.db))


@api.put("/claim-name-words")
@signed_in(roles=AUTHORITY)
@refuses("forbidden", "claim_invalid")
@api.input(ClaimNameWordsIn, arg_name="body")
@api.output(ClaimNameWords)
def put_claim_name_words(call: Call, body: ClaimNameWordsIn) -> ClaimNameWords:
    """Replace the words that are no name of an activity. Only the authority of the whole province may."""
    return ClaimNameWords(
        words=names.set_words(call.db, body.words, reason=body.reason, caller=call.caller, now=call.now)
    )


def _terms(terms: Terms) -> TermsOut:
    return without_names(TermsOut, terms)


def _out(unit_id: uuid.UUID, found: ClaimSetting | None, terms: Terms) -> ClaimSettingOut:
    return ClaimSettingOut(
        unit_id=unit_id,
        is_open=found.is_open if found else None,
        levels=[*found.levels] if found and found.levels is not None else None,
        open_years=found.open_years if found else None,
        set_by=found.set_by if found else None,
        set_at=found.set_at if found else None,
        terms=_terms(terms),
    )
