"""Sign-ins, codes and tokens that race each other: what works once works once, and every try counts."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.accounts import SignIn, SignInEnd, SmsCode
from models.people import Person, Role, RoleGrant
from tests.api import Api, Reply
from tests.concurrency.at_once import at_once
from tests.factories import PASSWORD, Factories
from tests.fakes import FakeClock, RecordingGateway

PHONE = "+8613800000001"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def statuses(replies: list[Reply]) -> list[int]:
    return sorted(reply.status_code for reply in replies)


def by_password(api: Api, person: Person, password: str = PASSWORD) -> Reply:
    return Api(api.app).post("/auth/login", {"cme_number": person.cme_number, "password": password})


def by_code(api: Api, code: str) -> Reply:
    return Api(api.app).post("/auth/login", {"phone": PHONE, "code": code})


def another(code: str, by: int) -> str:
    return f"{(int(code) + by) % 1_000_000:06d}"


def test_a_refresh_token_used_eight_times_at_once_gives_one_pair(api: Api, make: Factories, db: Session) -> None:
    first = by_password(api, make.person()).json
    replies = at_once([lambda: Api(api.app).post("/auth/refresh", headers=bearer(first["refresh_token"]))] * 8)
    assert statuses(replies) == [200] * 8
    assert len({(reply.json["access_token"], reply.json["refresh_token"]) for reply in replies}) == 1
    assert db.scalars(select(SignIn.ended_at)).one() is None
    assert api.get("/me", headers=bearer(replies[0].json["access_token"])).status_code == 200
    assert api.post("/auth/refresh", headers=bearer(replies[0].json["refresh_token"])).status_code == 200
    assert api.post("/auth/refresh", headers=bearer(first["refresh_token"])).status_code == 401
    assert db.scalars(select(SignIn.end_reason)).one() is SignInEnd.REFRESH_REUSED


def test_two_families_refreshed_at_once_dont_touch_each_other(api: Api, make: Factories) -> None:
    person = make.person()
    pairs = [by_password(api, person).json for _ in range(8)]
    replies = at_once(
        [lambda pair=pair: Api(api.app).post("/auth/refresh", headers=bearer(pair["refresh_token"])) for pair in pairs]  # type: ignore[misc]
    )
    assert statuses(replies) == [200] * 8


def test_one_sms_code_used_by_eight_at_once_signs_in_once(api: Api, make: Factories, sms: RecordingGateway) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    replies = at_once([lambda: by_code(api, sms.last_code)] * 8)
    assert statuses(replies) == [200] + [401] * 7


@pytest.mark.parametrize(("wrong", "then"), [(9, 200), (10, 429), (16, 429)])
def test_wrong_codes_sent_at_once_are_all_counted(
    api: Api, make: Factories, sms: RecordingGateway, wrong: int, then: int
) -> None:
    make.person(phone=PHONE)
    api.post("/auth/sms-codes", {"phone": PHONE})
    code = sms.last_code
    replies = at_once([lambda n=n: by_code(api, another(code, n + 1)) for n in range(wrong)])  # type: ignore[misc]
    assert statuses(replies) == [401] * min(wrong, 10) + [429] * max(wrong - 10, 0)
    assert by_code(api, code).status_code == then


def test_codes_asked_for_at_once_are_one_message(api: Api, make: Factories, sms: RecordingGateway, db: Session) -> None:
    make.person(phone=PHONE)
    replies = at_once([lambda: Api(api.app).post("/auth/sms-codes", {"phone": PHONE})] * 8)
    assert statuses(replies) == [202] + [429] * 7
    assert len(sms.sent) == 1
    assert db.scalar(select(func.count()).select_from(SmsCode)) == 1


@pytest.mark.parametrize(("wrong", "then"), [(4, 200), (5, 429), (12, 429)])
def test_wrong_passwords_sent_at_once_are_all_counted(api: Api, make: Factories, wrong: int, then: int) -> None:
    person = make.person()
    replies = at_once([lambda: by_password(api, person, "wrong")] * wrong)
    assert set(statuses(replies)) <= {401, 429}
    assert by_password(api, person).status_code == then


def test_the_owner_and_a_guesser_at_once_are_each_answered(api: Api, make: Factories, clock: FakeClock) -> None:
    person = make.person()
    for _ in range(6):
        replies = at_once([lambda: by_password(api, person), lambda: by_password(api, person, "wrong")] * 2)
        assert [reply.status_code for reply in replies] == [200, 401] * 2
        clock.turn(minutes=2)
        assert by_password(api, person).status_code == 200  # and the failures are forgotten


def test_failures_forgotten_by_many_at_once_are_no_error(api: Api, make: Factories) -> None:
    person = make.person()
    for _ in range(3):
        by_password(api, person, "wrong")
    assert set(statuses(at_once([lambda: by_password(api, person)] * 8))) <= {
        200,
        429,
    }  # each counts until it is judged
    assert by_password(api, person).status_code == 200


def test_of_48_guesses_at_once_five_are_judged_and_the_owners_device_gets_in(api: Api, make: Factories) -> None:
    person = make.person()
    mine = {"cme_number": person.cme_number, "password": PASSWORD, "device_id": "my-phone"}
    assert Api(api.app).post("/auth/login", mine).status_code == 200
    replies = at_once([lambda n=n: by_password(api, person, f"guess-{n}") for n in range(48)])  # type: ignore[misc]
    assert statuses(replies)[:5] == [401] * 5
    assert set(statuses(replies)[5:]) <= {429, 503}  # 503: the queue of passwords was full
    assert Api(api.app).post("/auth/login", mine).status_code == 200
    assert by_password(api, person).status_code == 429  # the right password on a device that is not known


def test_a_password_changed_twice_at_once_is_one_of_the_two(api: Api, make: Factories) -> None:
    person = make.person()
    mine = [api.as_(person), api.as_(person)]
    wanted = ["Ward-8-rounds!", "Ward-9-rounds!"]
    replies = at_once(
        [
            lambda me=me, new=new: me.put("/me/password", {"current_password": PASSWORD, "new_password": new})  # type: ignore[misc]
            for me, new in zip(mine, wanted, strict=True)
        ]
    )
    assert all(reply.status_code in (200, 401, 422) for reply in replies)
    working = [new for new in wanted if by_password(api, person, new).status_code == 200]
    assert len(working) == 1
    told = [new for new, reply in zip(wanted, replies, strict=True) if reply.status_code == 200]
    assert working[0] in told
    assert by_password(api, person).status_code == 401


def test_one_number_taken_in_by_eight_admins_at_once_is_one_person(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    admins = [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(8)]
    new = {"cme_number": "3399999999", "name": "新人", "unit_id": str(unit.id)}
    replies = at_once([lambda admin=admin: admin.post("/people", new) for admin in admins])  # type: ignore[misc]
    assert statuses(replies) == [201] + [409] * 7
    assert db.scalar(select(func.count()).select_from(Person).where(Person.cme_number == "3399999999")) == 1


def test_one_role_given_by_eight_admins_at_once_is_one_grant(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    admins = [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(8)]
    given = {"role": "organizer", "unit_id": str(unit.id)}
    replies = at_once([lambda admin=admin: admin.post(f"/people/{person.id}/roles", given) for admin in admins])  # type: ignore[misc]
    assert statuses(replies) == [201] * 8
    assert len({reply.json["id"] for reply in replies}) == 1
    wanted = select(func.count()).select_from(RoleGrant)
    assert db.scalar(wanted.where(RoleGrant.person_id == person.id, RoleGrant.role == Role.ORGANIZER)) == 1


def test_one_role_taken_by_eight_admins_at_once_is_taken_once(api: Api, make: Factories) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    admins = [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(8)]
    grant = admins[0].post(f"/people/{person.id}/roles", {"role": "organizer", "unit_id": str(unit.id)}).json["id"]
    replies = at_once([lambda admin=admin: admin.delete(f"/people/{person.id}/roles/{grant}") for admin in admins])  # type: ignore[misc]
    assert statuses(replies) == [204] + [404] * 7
