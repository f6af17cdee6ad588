"""Certificates at the same moment: one number a grant, and none valid too many."""

import threading
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from credit.certificates.numbers import draw_sequences
from models.people import Person
from service.edge.database import db as flask_db
from tests.api import Api
from tests.concurrency.at_once import at_once
from tests.credit.certificates.conftest import Certified, certified  # noqa: F401 - a fixture
from tests.credit.conftest import new, person  # noqa: F401 - fixtures

CROWD = 6

pytestmark = pytest.mark.both_databases


def alike(app: APIFlask, who: Api) -> Api:
    return Api(app, who.token)


def test_one_credit_asked_for_by_a_crowd_gets_one_number(app: APIFlask, certified: Certified) -> None:
    grant = certified.grant()
    body = {"entry_ids": [str(grant.id)]}
    replies = at_once([lambda: alike(app, certified.me).post("/me/certificates", body) for _ in range(CROWD)])
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len({reply.json["items"][0]["number"] for reply in replies}) == 1
    assert len(certified.rows()) == 1


def test_two_lists_in_opposite_order_never_wait_for_each_other(
    app: APIFlask, certified: Certified,
) -> None:  # fmt: skip
    ids = [str(certified.grant(activity_name=f"第{number}个项目的学习班").id) for number in range(5)]
    bodies = [{"entry_ids": ids}, {"entry_ids": ids[::-1]}] * 2
    replies = at_once([lambda body=body: alike(app, certified.me).post("/me/certificates", body) for body in bodies])
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len(certified.rows()) == 5
    shown = [{each["entry_id"]: each["number"] for each in reply.json["items"]} for reply in replies]
    assert all(each == shown[0] for each in shown)


def test_numbers_drawn_by_a_crowd_are_all_different(app: APIFlask, certified: Certified) -> None:
    gate = threading.Lock()
    drawn: list[int] = []

    def draw(is_kept: bool) -> None:
        with app.app_context():
            some = list(draw_sequences(flask_db.session(), 3))
            flask_db.session.commit()
            if not is_kept:
                flask_db.session.rollback()
            flask_db.session.remove()
        with gate:
            drawn.extend(some)

    at_once([lambda kept=number % 2 == 0: draw(kept) for number in range(CROWD)])
    assert sorted(drawn) == list(range(1, 3 * CROWD + 1))


def test_a_reversal_and_an_issue_at_once_leave_no_valid_certificate(
    app: APIFlask, certified: Certified,
) -> None:  # fmt: skip
    why = {"reason": "考勤有误", "cause": "mistake"}
    for _ in range(3):
        grant = certified.grant()
        asked, reversed_one = at_once(
            [
                lambda grant=grant: alike(app, certified.me).post("/me/certificates", {"entry_ids": [str(grant.id)]}),
                lambda grant=grant: alike(app, certified.authority).post(f"/ledger-entries/{grant.id}/reversal", why),
            ]
        )
        assert reversed_one.status_code == 201
        assert asked.status_code in (201, 409)
        if asked.status_code == 201:
            told = certified.verify(asked.json["items"][0]).json
            assert (told["valid"], told["state"]) == (False, "reversed")


def test_a_revocation_by_a_crowd_counts_once(app: APIFlask, certified: Certified) -> None:
    item = certified.issue()
    path = f"/certificates/{item['number']}"
    calls: list[Callable] = [
        lambda: alike(app, certified.authority).post(f"{path}/revocation", {"reason": "材料有误"}) for _ in range(4)
    ]
    replies = at_once(calls)
    assert sorted(reply.status_code for reply in replies) == [200, 409, 409, 409]
    assert len(certified.me.get("/me/notices").json["items"]) == 1


def test_a_crowd_of_reissues_makes_one_new_certificate(app: APIFlask, certified: Certified) -> None:
    item = certified.issue()
    path = f"/certificates/{item['number']}/reissue"
    replies = at_once([lambda: alike(app, certified.authority).post(path, {"reason": "姓名更正"}) for _ in range(4)])
    assert sorted(reply.status_code for reply in replies) == [201, 409, 409, 409]
    assert [row.replaced_at is None for row in certified.rows()] == [False, True]


def test_a_correction_and_a_crowd_of_askers_give_one_new_number(
    app: APIFlask, certified: Certified,
) -> None:  # fmt: skip
    grant = certified.grant()
    old = certified.ask(grant).json["items"][0]
    certified.db.get_one(Person, certified.person.id).name = "改正某"
    certified.db.commit()
    body = {"entry_ids": [str(grant.id)]}
    replies = at_once([lambda: alike(app, certified.me).post("/me/certificates", body) for _ in range(CROWD)])
    numbers = {reply.json["items"][0]["number"] for reply in replies}
    assert len(numbers) == 1
    assert old["number"] not in numbers
    assert len(certified.rows()) == 2
