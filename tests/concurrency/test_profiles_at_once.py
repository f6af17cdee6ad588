"""Profiles that are changed at the same moment by their owner, by admins and by requests."""

from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.people import Role
from models.profiles import PersonProfile, ProfileChange, ProfileRequest
from tests.api import Api
from tests.concurrency.at_once import at_once
from tests.factories import Factories

WHY = {"reason": "同时"}


@pytest.mark.parametrize("turn", range(3))
def test_a_request_that_is_accepted_while_an_admin_edits_the_person_loses_neither(
    api: Api, make: Factories, db: Session, turn: int
) -> None:
    unit = make.unit()
    person = make.person(unit=unit)
    me, admins = api.as_(person), [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(2)]
    asked = me.post("/me/profile/corrections", {"field": "title", "wanted": "nurse_in_charge", **WHY}).json["id"]
    calls = [
        partial(admins[0].post, f"/profile-corrections/{asked}/decision", {"decision": "accept", **WHY}),
        partial(admins[1].patch, f"/people/{person.id}", {"degree": "master", "person_status": "retired", **WHY}),
        partial(me.patch, "/me/profile", {"email": "a@example.org"}),
    ]
    assert [reply.status_code for reply in at_once(calls)] == [200, 200, 200]
    shown = me.get("/me/profile?full=true").json
    assert (shown["basic"]["degree"], shown["basic"]["email"]) == ("master", "a@example.org")
    assert (shown["other"]["title"], shown["other"]["person_status"]) == ("nurse_in_charge", "retired")
    newest = shown["history"][0]
    assert (newest["title"], newest["person_status"]) == ("nurse_in_charge", "retired")
    assert len(db.scalars(select(PersonProfile)).all()) == 1


def test_eight_admins_decide_one_request_once(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    me = api.as_(make.person(unit=unit))
    admins = [api.as_(make.staff(Role.UNIT_ADMIN, unit)) for _ in range(8)]
    asked = me.post("/me/profile/corrections", {"field": "title", "wanted": "nurse", **WHY}).json["id"]
    path = f"/profile-corrections/{asked}/decision"
    replies = at_once([partial(each.post, path, {"decision": "accept", **WHY}) for each in admins])
    assert sorted(reply.status_code for reply in replies) == [200] + [409] * 7
    assert len(db.scalars(select(ProfileChange)).all()) == 1
    assert [each["topic"] for each in me.get("/me/notices").json["items"]] == ["profile_decided"]


def test_of_eight_equal_requests_at_once_one_is_open(api: Api, make: Factories, db: Session) -> None:
    unit = make.unit()
    me, admin = api.as_(make.person(unit=unit)), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    body = {"field": "degree", "wanted": "doctor", **WHY}
    replies = at_once([lambda: me.post("/me/profile/corrections", body)] * 8)
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert len(db.scalars(select(ProfileRequest)).all()) == 1
    assert [each["topic"] for each in admin.get("/me/notices").json["items"]] == ["profile_requested"]


def test_a_withdrawal_and_a_decision_at_once_are_one_of_both(api: Api, make: Factories) -> None:
    unit = make.unit()
    me, admin = api.as_(make.person(unit=unit)), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    asked = me.post("/me/profile/corrections", {"field": "degree", "wanted": "doctor", **WHY}).json["id"]
    gone, decided = at_once(
        [
            lambda: me.delete(f"/me/profile/corrections/{asked}"),
            lambda: admin.post(f"/profile-corrections/{asked}/decision", {"decision": "accept", **WHY}),
        ]
    )
    assert sorted((gone.status_code, decided.status_code)) in ([200, 409], [204, 409])
    is_doctor = me.get("/me/profile").json["basic"]["degree"] == "doctor"
    assert is_doctor == (decided.status_code == 200)
