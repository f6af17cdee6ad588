"""People, units and roles, for admins."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.id_numbers import normal_id_number
from accounts.people import password_slips, people, person_views, search
from accounts.people.search import PeopleSought
from accounts.phones import normal_phone
from accounts.profiles.profiles import ProfileEdit
from accounts.second_factor.second_steps import FactorNeed
from accounts.sign_in import sign_ins
from credit.rules import unit_grades
from credit.rules.unit_grades import GRADERS
from foundation.callers import require
from foundation.errors import NotFound
from models.people import Role
from service.api.people.schemas.admin import (
    Because,
    GradeSet,
    PasswordSlipOut,
    PeopleAsked,
    PeopleFound,
    PersonChange,
    PersonDetail,
    PersonList,
    PersonNew,
    PersonOut,
    RoleNew,
    RoleOut,
    UnitCreated,
    UnitNew,
)
from service.edge.access import signed_in
from service.edge.answers.bodies import Empty
from service.edge.answers.briefs import with_names, without_names
from service.edge.answers.cursor_keys import by_text_and_id
from service.edge.answers.paging import counted, paged
from service.edge.answers.refusals import refuses
from service.edge.calls import Call
from service.edge.looks import looks_at

api = APIBlueprint("people", __name__, tag="People")


@api.post("/units")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found", "unit_kind_invalid")
@api.input(UnitNew, arg_name="body")
@api.output(UnitCreated, status_code=201)
@with_names
def add_unit(call: Call, body: UnitNew) -> UnitCreated:
    """Add a unit below one of the caller's."""
    parent = people.get_unit(call.db, body.parent_id)
    require(call.caller, people.PEOPLE_ADMINS, parent.path)
    made = people.add_unit(call.db, name=body.name, kind=body.kind, parent=parent, caller=call.caller, now=call.now)
    return without_names(UnitCreated, made)


@api.put("/units/<uuid:unit_id>/grade")
@signed_in(roles=GRADERS)
@refuses("not_found")
@api.input(GradeSet, arg_name="body")
@api.output(UnitCreated)
@with_names
def set_unit_grade(call: Call, unit_id: uuid.UUID, body: GradeSet) -> UnitCreated:
    """Mark a unit as provincial or as a tertiary hospital. Standards over several years depend on it."""
    unit = unit_grades.set_grade(
        call.db, unit_id=unit_id, grade=body.grade, reason=body.reason, caller=call.caller, now=call.now
    )
    return without_names(UnitCreated, unit)


@api.get("/people")
@signed_in(roles=people.PEOPLE_ADMINS, writes=True)  # a look is audited
@refuses("not_found")
@api.input(PeopleAsked, location="query", arg_name="query")
@api.output(PeopleFound)
@looks_at("people.look")
@with_names
def find_people(call: Call, query: PeopleAsked) -> PersonOut | PersonList:
    """Find people of my units by name, number or pinyin (`zhaoshifan`, `zsf`); with `cme_number`, the one with it."""
    if query.cme_number is not None:
        person = people.find_by_number(call.db, cme_number=query.cme_number, caller=call.caller)
        if person is None:
            raise NotFound
        return without_names(PersonOut, person)
    sought = PeopleSought(query.q, query.sort)
    page = paged(
        query,
        by_text_and_id(query.sort.removeprefix("-")),
        lambda after, limit: search.list_people(call.db, caller=call.caller, sought=sought, after=after, limit=limit),
    )
    total = counted(query, page, lambda: search.count_people(call.db, caller=call.caller, sought=sought))
    return PersonList.of(page, lambda person: without_names(PersonOut, person), **total)


@api.post("/people")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("number_taken", "phone_invalid", "id_number_invalid", "not_found", "sign_in_busy", "profile_value_invalid")
@api.input(PersonNew, arg_name="body")
@api.output(PersonOut, status_code=201)
@with_names
def add_person(call: Call, body: PersonNew) -> PersonOut:
    """Add a person. They sign in with the initial password, prove who they are, and must change it.

    The proof is a code to their phone; without a phone, the end of their ID number and their name.
    """
    with call.reading():  # no transaction is open while the hash of the password waits
        unit = people.get_unit(call.db, body.unit_id)
    require(call.caller, people.PEOPLE_ADMINS, unit.path)
    wanted = call.components.settings.initial_password
    initial = body.cme_number if wanted == "cme_number" else wanted
    phone = normal_phone(body.phone) if body.phone else None
    id_number = normal_id_number(body.id_number) if body.id_number else None
    new = people.NewPerson(body.cme_number, body.name, phone, body.birth_on, id_number)
    with call.components.password_queue.place() as hasher:
        hashed = hasher.hash(initial)
    person = people.add_person(
        call.db,
        new=new,
        unit=unit,
        initial_hash=hashed,
        seal=call.components.seal,
        caller=call.caller,
        now=call.now,
    )
    call.components.profiles.fill_in(call.db, person=person, changes=body.profile_values(), now=call.now)
    return without_names(PersonOut, person)


@api.get("/people/<uuid:person_id>")
@signed_in(roles=people.PEOPLE_ADMINS, writes=True)  # each look is audited
@refuses("not_found")
@api.output(PersonDetail)
@with_names
def get_person(call: Call, person_id: uuid.UUID) -> PersonDetail:
    """Show a person of my units: number, name, unit, roles, the state of the account, and what I may do about them."""
    found = person_views.look_at(call.db, person_id=person_id, caller=call.caller, now=call.now)
    return PersonDetail.of_view(found)


@api.patch("/people/<uuid:person_id>")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses(
    *("not_found", "role_too_high", "own_details", "number_taken", "id_number_invalid"),
    *("profile_field_read_only", "profile_value_invalid"),
)
@api.input(PersonChange, arg_name="body")
@api.output(PersonDetail)
@with_names
def edit_person(call: Call, person_id: uuid.UUID, body: PersonChange) -> PersonDetail:
    """Correct a person's name or profile, or move them to another of my units, with a reason.

    Their role of learner moves with them; other roles stay. A new name is found at once. A new unit, title or status
    is a row of their history. Somebody who is deregistered loses their enrolled face.
    """
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    edit = ProfileEdit(body.changes(), body.reason, body.since_year)
    call.components.profiles.edit(call.db, person=person, edit=edit, caller=call.caller, now=call.now)
    return PersonDetail.of_view(person_views.view(call.db, person=person, caller=call.caller))


@api.post("/people/<uuid:person_id>/roles")
@signed_in(roles=people.PEOPLE_ADMINS, asks_otp=True)
@refuses("not_found", "own_role", "role_too_high", "roles_exclusive")
@api.input(RoleNew, arg_name="body")
@api.output(RoleOut, status_code=201)
@with_names
def give_role(call: Call, person_id: uuid.UUID, body: RoleNew) -> RoleOut:
    """Give a person a role over a unit. If it needs a second factor, their running sign-ins open only its set-up."""
    unit = people.get_unit(call.db, body.unit_id)
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    steps, account = call.components.second_steps, sign_ins.find_account(call.db, person_id=person.id)
    before = steps.need_of(call.db, account.id) if account else FactorNeed.NOTHING
    grant = people.give_role(call.db, person=person, role=Role(body.role), unit=unit, giver=call.caller, now=call.now)
    if account is not None:
        steps.apply_need(call.db, account.id, before=before)
    return without_names(RoleOut, grant)


@api.delete("/people/<uuid:person_id>/roles/<uuid:role_id>")
@signed_in(roles=people.PEOPLE_ADMINS, asks_otp=True)
@refuses("not_found", "role_too_high", "last_system_admin")
@api.output(Empty, status_code=204)
def take_role(call: Call, person_id: uuid.UUID, role_id: uuid.UUID) -> Response:
    """Take a role away. It has no effect from the holder's next request on."""
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    people.take_role(call.db, person=person, grant_id=role_id, taker=call.caller, now=call.now)
    return Response(status=204)


@api.put("/people/<uuid:person_id>/suspension")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found", "role_too_high", "last_system_admin")
@api.input(Because, arg_name="body")
@api.output(Empty, status_code=204)
def suspend_person(call: Call, person_id: uuid.UUID, body: Because) -> Response:
    """Suspend an account. All its sign-ins end at once."""
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    people.suspend(call.db, person=person, reason=body.reason, caller=call.caller, now=call.now)
    return Response(status=204)


@api.post("/people/<uuid:person_id>/reinstatement")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found", "role_too_high")
@api.input(Because, arg_name="body")
@api.output(Empty, status_code=204)
def reinstate_person(call: Call, person_id: uuid.UUID, body: Because) -> Response:
    """Let a suspended account sign in again."""
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    people.reinstate(call.db, person=person, reason=body.reason, caller=call.caller, now=call.now)
    return Response(status=204)


@api.post("/people/<uuid:person_id>/password-slips")
@signed_in(roles=people.PEOPLE_ADMINS, keeps_reply=False, asks_otp=True)
@refuses("not_found", "role_too_high", "own_account")
@api.input(Because, arg_name="body")
@api.output(PasswordSlipOut, status_code=201)
def give_password_slip(call: Call, person_id: uuid.UUID, body: Because) -> PasswordSlipOut:
    """Make a one-time slip, for somebody who came in person and can't sign in. Its owner is told.

    It goes as `password` at sign-in, once, and as `current_password` of the change that follows. The old password holds
    until then. A new slip ends the one before.
    """
    person = people.get_person(call.db, person_id=person_id, caller=call.caller)
    made = password_slips.give(
        call.db,
        person=person,
        reason=body.reason,
        caller=call.caller,
        now=call.now,
        seal=call.components.seal,
        notices=call.components.notices,
    )
    return PasswordSlipOut(slip=made.text, expires_at=made.expires_at)
