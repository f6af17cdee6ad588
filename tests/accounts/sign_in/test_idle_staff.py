"""Sign-ins of people with a role end after twenty idle minutes; those of learners don't."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import SignIn, SignInEnd
from models.people import Person, Role
from service.configuration.settings import Settings
from tests.api import Api
from tests.attendance.projects.lists import statements
from tests.databases import table_of
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with the default of twenty minutes."""
    assert Settings().staff_idle_minutes == 20
    return settings.model_copy(update={"staff_idle_minutes": 20})


@pytest.fixture
def admin(make: Factories) -> Person:
    return make.staff(Role.UNIT_ADMIN, make.unit())


def used_at(db: Session) -> object:
    return db.scalars(select(SignIn.last_used_at)).one()


def test_after_twenty_idle_minutes_a_request_is_refused_and_the_sign_in_ended(
    api: Api, admin: Person, clock: FakeClock, db: Session
) -> None:
    me = api.as_(admin)
    clock.turn(minutes=19, seconds=59)
    assert me.get("/me").status_code == 200
    clock.turn(minutes=20)
    refused = me.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "sign_in_idle")
    assert db.scalars(select(SignIn.end_reason)).one() is SignInEnd.IDLE
    assert me.get("/me").json["code"] == "token_invalid"


def test_a_write_after_twenty_idle_minutes_changes_nothing(api: Api, admin: Person, clock: FakeClock) -> None:
    me = api.as_(admin)
    clock.turn(minutes=20)
    assert me.delete("/me/sign-ins").json["code"] == "sign_in_idle"


def test_each_request_keeps_it_alive(api: Api, admin: Person, clock: FakeClock) -> None:
    me = api.as_(admin)
    for _ in range(6):
        clock.turn(minutes=15)
        assert me.get("/me").status_code == 200


def test_a_refused_request_keeps_it_alive_too(api: Api, admin: Person, clock: FakeClock) -> None:
    me = api.as_(admin)
    for _ in range(3):
        clock.turn(minutes=15)
        assert me.get("/ledger-entries").status_code in (403, 404)
        assert me.put("/me/password", {"current_password": "x", "new_password": "y"}).status_code == 422


def test_a_refresh_keeps_no_idle_sign_in_alive(api: Api, admin: Person, clock: FakeClock, db: Session) -> None:
    tokens = api.post("/auth/login", {"cme_number": admin.cme_number, "password": PASSWORD}).json

    def refresh():
        return api.post("/auth/refresh", headers={"Authorization": f"Bearer {tokens['refresh_token']}"})

    clock.turn(minutes=19)
    tokens = refresh().json
    clock.turn(minutes=1)
    refused = refresh()
    assert (refused.status_code, refused.json["code"]) == (401, "sign_in_idle")
    assert db.scalars(select(SignIn.end_reason)).one() is SignInEnd.IDLE


def test_a_learner_stays_signed_in_and_a_refresh_stores_the_use(
    api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    person = make.person()
    tokens = api.post("/auth/login", {"cme_number": person.cme_number, "password": PASSWORD}).json
    clock.turn(hours=10)
    assert Api(api.app, tokens["access_token"]).get("/me").status_code == 200
    assert api.post("/auth/refresh", headers={"Authorization": f"Bearer {tokens['refresh_token']}"}).status_code == 200
    assert used_at(db) == clock.now()


def test_the_use_is_stored_at_most_once_a_minute_and_never_for_learners(
    api: Api, make: Factories, admin: Person, clock: FakeClock
) -> None:
    counts = []
    for me in (api.as_(admin), api.as_(make.person())):
        me.get("/me")
        for seconds in (30, 31, 1):
            clock.turn(seconds=seconds)
            with statements(api) as seen:
                assert me.get("/me").status_code == 200
            counts.append(sum(statement.startswith("UPDATE") for statement in seen))
    assert counts == [0, 1, 0, 0, 0, 0]


def test_a_sign_in_from_before_the_upgrade_begins_to_count_with_its_next_request(
    api: Api, admin: Person, clock: FakeClock, db: Session
) -> None:
    me = api.as_(admin)
    db.execute(table_of(SignIn).update().values(last_used_at=None))
    clock.turn(hours=1)
    assert me.get("/me").status_code == 200
    assert used_at(db) == clock.now()


def test_a_role_that_is_given_makes_an_idle_sign_in_end(
    api: Api, make: Factories, admin: Person, clock: FakeClock
) -> None:
    person = make.person()
    me = api.as_(person)
    clock.turn(minutes=30)
    chief = api.as_(make.staff(Role.SYSTEM_ADMIN, make.province))
    given = {"role": "organizer", "unit_id": str(person.unit_id)}
    assert chief.post(f"/people/{person.id}/roles", given).status_code == 201
    assert me.get("/me").json["code"] == "sign_in_idle"
