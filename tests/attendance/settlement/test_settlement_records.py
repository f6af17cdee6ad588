"""What a reviewing unit looks at before it decides: what waits for it, and the list as it was confirmed."""

import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy.orm import Session

from models.people import Role
from models.projects import RosterRole
from tests.api import Api
from tests.attendance.projects.lists import statements
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

Run = Callable[[], None]


@pytest.fixture
def closing(kept: KeptWorlds) -> Closing:
    return kept.open("closing", lambda: close(kept.api, kept.make, kept.clock, kept.db))


def test_what_waits_for_a_review_is_listed_until_it_is_decided(closing: Closing, run_jobs: Run) -> None:
    closing.expect("li")
    assert closing.unit.get("/settlements?status=in_review").json == {"items": [], "next_cursor": None}
    made = closing.confirm().json
    for who in (closing.unit, closing.staff):
        (waiting,) = who.get("/settlements?status=in_review").json["items"]
        assert (waiting["id"], waiting["to_grant"]) == (made["id"], 1)
        assert waiting["project"]["id"] == str(closing.project.id)
    closing.review(made["id"])
    run_jobs()
    assert closing.unit.get("/settlements?status=in_review").json["items"] == []
    (settled,) = closing.unit.get("/settlements").json["items"]
    assert (settled["status"], settled["granted"]) == ("settled", 1)


def test_the_list_shows_what_was_confirmed_whatever_is_changed_since(closing: Closing) -> None:
    li, wang = closing.expect("li"), closing.expect("wang", attended=False)
    settlement_id = closing.confirm().json["id"]
    closing.change(credits=Decimal("9.00"))
    lines = {each["name"]: each for each in closing.unit.get(f"/settlements/{settlement_id}/lines").json["items"]}
    assert (lines["li"]["cme_number"], lines["li"]["credits"], lines["li"]["reasons"]) == (li.cme_number, "5.00", [])
    assert (lines["wang"]["cme_number"], lines["wang"]["credits"]) == (wang.cme_number, None)
    assert (lines["wang"]["reasons"], lines["wang"]["attended"], lines["wang"]["required"]) == (
        ["attendance_too_low"], 0, 1,
    )  # fmt: skip
    for granted, name in (("true", "li"), ("false", "wang")):
        found = closing.unit.get(f"/settlements/{settlement_id}/lines?granted={granted}").json["items"]
        assert [each["name"] for each in found] == [name]


def test_lines_come_in_pages_and_each_once(closing: Closing) -> None:
    names = {closing.expect(f"p{place}").name for place in range(5)}
    path = f"/settlements/{closing.confirm().json['id']}/lines?limit=2"
    seen, more = [], ""
    while True:
        page = closing.unit.get(path + more).json
        seen += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        more = f"&cursor={page['next_cursor']}"
    assert (len(seen), set(seen)) == (5, names)
    assert closing.unit.get(path + "&cursor=nonsense").status_code == 422


def test_the_sheet_holds_every_line_in_words(closing: Closing) -> None:
    closing.expect("li")
    closing.expect("wang", attended=False)
    closing.expect("zhao", RosterRole.SPEAKER)
    reply = closing.unit.get(f"/settlements/{closing.confirm().json['id']}/lines.xlsx")
    title, *rows = openpyxl.load_workbook(io.BytesIO(reply.data)).worksheets[0].iter_rows(values_only=True)
    assert title[:4] == ("继教编号", "姓名", "单位", "身份")
    told = {row[1]: row[3:] for row in rows}
    assert told["li"] == ("学员", 1, 1, 15, 5, 5, None, None, None, None)
    assert told["wang"] == ("学员", 0, 1, None, None, None, "出席不足", None, None, None)
    assert told["zhao"] == ("授课教师", 0, 0, None, None, None, "未登记授课学时", None, None, None)


def test_a_list_is_for_who_holds_the_project_and_who_reviews_it(closing: Closing) -> None:
    closing.expect("li")
    path = f"/settlements/{closing.confirm().json['id']}/lines"
    elsewhere = closing.make.unit(name="第二医院")
    stranger = closing.api.as_(closing.make.organizer(elsewhere))
    county = closing.api.as_(closing.make.staff(Role.AUTHORITY, elsewhere))
    learner = closing.api.as_(closing.people["li"])
    for who, status in ((closing.staff, 200), (closing.unit, 200), (stranger, 403), (county, 403), (learner, 403)):
        assert who.get(path).status_code == who.get(f"{path}.xlsx").status_code == status
    assert stranger.get("/settlements").json["items"] == county.get("/settlements").json["items"] == []
    assert learner.get("/settlements").status_code == 403


def test_a_page_of_settlements_costs_as_many_statements_for_many_as_for_one(
    closing: Closing, api: Api, make: Factories, clock: FakeClock, db: Session
) -> None:
    closing.confirm()

    def cost() -> int:
        with statements(api) as seen:
            closing.unit.get("/settlements")
        return len(seen)

    before = cost()
    for _ in range(3):
        close(api, make, clock, db).confirm()
    assert cost() == before
