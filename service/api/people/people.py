"""People and units on file, for admins."""

import uuid

from apiflask import APIBlueprint
from flask import Response

from accounts.people import people
from accounts.phones import normal_phone
from credit.rules import unit_grades
from credit.rules.unit_grades import GRADERS
from foundation.callers import require
from foundation.errors import NotFound
from models.people import Role
from service.api.people.schemas.admin import (
    Because,
    GradeSet,
    PersonNew,
    PersonOut,
    PersonQuery,
    RoleNew,
    RoleOut,
    UnitCreated,
    UnitNew,
)
from service.edge.access import caller, signed_in
from service.edge.bodies import Empty
from service.edge.components import parts
from service.edge.database import db
from service.edge.refusals import refuses

api = APIBlueprint("people", __name__, tag="Admin")


@api.post("/units")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.input(UnitNew, arg_name="body")
@api.output(UnitCreated, status_code=201)
def add_unit(body: UnitNew) -> UnitCreated:
    """Add a unit below one of the caller's."""
    parent = people.get_unit(db.session(), body.parent_id)
    require(caller(), people.PEOPLE_ADMINS, parent.path)
    made = people.add_unit(
        db.session(), name=body.name, kind=body.kind, parent=parent, caller=caller(), now=parts().clock.now()
    )
    return UnitCreated.model_validate(made)


@api.put("/units/<uuid:unit_id>/grade")
@signed_in(roles=GRADERS)
@refuses("not_found")
@api.input(GradeSet, arg_name="body")
@api.output(UnitCreated)
def set_grade(unit_id: uuid.UUID, body: GradeSet) -> UnitCreated:
    """Say that a unit is provincial or a tertiary hospital: standards of credits over several years ask for it."""
    unit = unit_grades.set_grade(
        db.session(), unit_id=unit_id, grade=body.grade, reason=body.reason, caller=caller(), now=parts().clock.now()
    )
    return UnitCreated.model_validate(unit)


@api.get("/people")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.input(PersonQuery, location="query", arg_name="query")
@api.output(PersonOut)
def find_person(query: PersonQuery) -> PersonOut:
    """The person with this 继教编号, within the caller's reach."""
    person = people.find_by_number(db.session(), cme_number=query.cme_number, caller=caller())
    if person is None:
        raise NotFound
    return PersonOut.model_validate(person)


@api.post("/people")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("number_taken", "phone_invalid", "not_found")
@api.input(PersonNew, arg_name="body")
@api.output(PersonOut, status_code=201)
def add_person(body: PersonNew) -> PersonOut:
    """Take somebody in; they sign in with the initial password and must change it."""
    part, session = parts(), db.session()
    unit = people.get_unit(session, body.unit_id)
    require(caller(), people.PEOPLE_ADMINS, unit.path)
    initial = body.cme_number if part.settings.initial_password == "cme_number" else part.settings.initial_password  # noqa: S105 - a choice
    phone = normal_phone(body.phone) if body.phone else None
    new = people.NewPerson(cme_number=body.cme_number, name=body.name, phone=phone, birth_on=body.birth_on)
    person = people.add_person(
        session,
        new=new,
        unit=unit,
        initial_password=initial,
        seal=part.seal,
        caller=caller(),
        now=part.clock.now(),
    )
    return PersonOut.model_validate(person)


@api.post("/people/<uuid:person_id>/roles")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.input(RoleNew, arg_name="body")
@api.output(RoleOut, status_code=201)
def give_role(person_id: uuid.UUID, body: RoleNew) -> RoleOut:
    """Give somebody a role over a unit."""
    session = db.session()
    unit = people.get_unit(session, body.unit_id)
    person = people.get_person(session, person_id=person_id, caller=caller())
    grant = people.give_role(
        session, person=person, role=Role(body.role), unit=unit, giver=caller(), now=parts().clock.now()
    )
    return RoleOut.model_validate(grant)


@api.delete("/people/<uuid:person_id>/roles/<uuid:role_id>")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.output(Empty, status_code=204)
def take_role(person_id: uuid.UUID, role_id: uuid.UUID) -> Response:
    """Take a role away again; it ends with the next request of its holder."""
    session = db.session()
    person = people.get_person(session, person_id=person_id, caller=caller())
    people.take_role(session, person=person, grant_id=role_id, taker=caller(), now=parts().clock.now())
    return Response(status=204)


@api.put("/people/<uuid:person_id>/suspension")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.input(Because, arg_name="body")
@api.output(Empty, status_code=204)
def suspend(person_id: uuid.UUID, body: Because) -> Response:
    """Suspend somebody's account: every sign-in of theirs ends at once."""
    session = db.session()
    person = people.get_person(session, person_id=person_id, caller=caller())
    people.suspend(session, person=person, reason=body.reason, caller=caller(), now=parts().clock.now())
    return Response(status=204)


@api.post("/people/<uuid:person_id>/reinstatement")
@signed_in(roles=people.PEOPLE_ADMINS)
@refuses("not_found")
@api.input(Because, arg_name="body")
@api.output(Empty, status_code=204)
def reinstate(person_id: uuid.UUID, body: Because) -> Response:
    """Let a suspended account sign in again."""
    session = db.session()
    person = people.get_person(session, person_id=person_id, caller=caller())
    people.reinstate(session, person=person, reason=body.reason, caller=caller(), now=parts().clock.now())
    return Response(status=204)
