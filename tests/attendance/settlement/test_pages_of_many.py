"""Previews, confirmed lists, grids and results of 2,500 people: complete in pages, in a flat number of statements."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.attendance import CheckIn, CheckInAttempt, CheckInMethod, CheckInStatus, Direction
from models.base import new_id
from models.people import Person
from models.projects import RosterEntry, RosterRole
from tests.api import Api
from tests.attendance.projects.lists import statements
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

MANY, CAME = 2500, 1700


def fill(closing: Closing, number: int, came: int) -> None:
    """Put people on the roster, the first of whom came. The last ten have no 继教编号."""
    at, session, unit_id = closing.now, closing.session, closing.project.unit_id
    people = [
        {"id": new_id(), "name": f"学员{each:04}", "unit_id": unit_id, "created_at": at,
         "cme_number": f"35{each:08}" if each < number - 10 else None}
        for each in range(number)
    ]  # fmt: skip
    closing.db.execute(insert(Person), people)
    expected = {"project_id": closing.project.id, "role": RosterRole.LEARNER, "added_at": at}
    closing.db.execute(insert(RosterEntry), [{"id": new_id(), "person_id": each["id"], **expected} for each in people])
    ids = [{"session_id": session.id, "person_id": each["id"], "direction": Direction.IN} for each in people[:came]]
    attempts = [{"id": new_id(), "attempted_at": session.starts_at, "result": "present", **each} for each in ids]
    closing.db.execute(insert(CheckInAttempt), attempts)
    done = {"status": CheckInStatus.PRESENT, "method": CheckInMethod.FACE, "receipt": ""}
    times = {"scanned_at": session.starts_at, "checked_in_at": session.starts_at}
    rows = [{"id": new_id(), "attempt_id": attempt["id"], **each} for each, attempt in zip(ids, attempts, strict=True)]
    closing.db.execute(insert(CheckIn), [{**each, **done, **times} for each in rows])


@pytest.fixture
def crowded(api: Api, make: Factories, clock: FakeClock, db: Session) -> Closing:
    """A project that has ended, with 2,500 learners of whom 1,700 came."""
    closing = close(api, make, clock, db)
    fill(closing, MANY, CAME)
    return closing


def walk(closing: Closing, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Each page of a list, in the same number of statements as the one before."""
    cursor, costs = None, set()
    assert closing.staff.get(path, query_string={**query, "limit": 1}).status_code == 200  # the look is an entry once
    while True:
        with statements(closing.api) as sent:
            reply = closing.staff.get(path, query_string={**query, **({"cursor": cursor} if cursor else {})})
        assert reply.status_code == 200, reply.json
        costs.add(len(sent))
        yield reply.json
        cursor = reply.json["next_cursor"]
        if cursor is None:
            assert max(costs) - min(costs) <= 1, costs  # a first page may count its rows
            return


def test_a_preview_of_many_comes_in_pages_of_a_thousand_and_says_how_many_there_are(crowded: Closing) -> None:
    pages = list(walk(crowded, f"/projects/{crowded.project.id}/settlement/preview"))
    assert [len(page["grants"]) + len(page["skipped"]) for page in pages] == [1000, 1000, 500]
    assert [page["counts"] for page in pages] == [{"grants": CAME, "skipped": MANY - CAME, "still_may": 0}] * 3
    people = [each["person_id"] for page in pages for each in (*page["grants"], *page["skipped"])]
    assert len(set(people)) == MANY
    assert sum(len(page["grants"]) for page in pages) == CAME
    numbers = [[each["cme_number"] or "" for each in page["grants"]] for page in pages]
    assert [number for page in numbers for number in page] == sorted(number for page in numbers for number in page)
    assert {each["cme_number"] for each in pages[0]["skipped"]} == {None}  # they come first


def test_people_of_a_preview_are_searched_for(crowded: Closing) -> None:
    path = f"/projects/{crowded.project.id}/settlement/preview"
    found = crowded.staff.get(path, query_string={"q": "学员0042"}).json
    assert [each["name"] for each in found["grants"]] == ["学员0042"]
    assert (found["skipped"], found["counts"]["grants"], found["next_cursor"]) == ([], CAME, None)
    assert crowded.staff.get(path, query_string={"limit": 1001}).json["code"] == "invalid_input"
    assert crowded.staff.get(path, query_string={"cursor": "?"}).json["code"] == "invalid_input"


def test_a_grid_of_many_is_complete_in_pages(crowded: Closing) -> None:
    pages = list(walk(crowded, f"/projects/{crowded.project.id}/attendance", limit=200))
    assert len({row["person"]["id"] for page in pages for row in page["items"]}) == MANY
    assert sum(row["counted"] for page in pages for row in page["items"]) == CAME
    assert (pages[0]["count"], pages[0]["is_count_capped"]) == (1000, True)


def test_exam_results_and_confirmed_lines_of_many_are_complete_in_pages(crowded: Closing) -> None:
    scores = list(walk(crowded, f"/projects/{crowded.project.id}/exam/results", limit=200))
    assert len({each["person_id"] for page in scores for each in page["items"]}) == MANY
    (found,) = walk(crowded, f"/projects/{crowded.project.id}/exam/results", q="学员0042")
    assert [each["name"] for each in found["items"]] == ["学员0042"]
    settlement = crowded.confirm()
    assert (settlement.status_code, settlement.json["to_grant"]) == (202, CAME)
    for text, number in ((crowded.project.name[1:], 1), ("没有这个项目", 0)):
        assert len(crowded.unit.get("/settlements", query_string={"q": text}).json["items"]) == number
    lines = list(walk(crowded, f"/settlements/{settlement.json['id']}/lines", limit=200))
    assert len({each["person_id"] for page in lines for each in page["items"]}) == MANY
    granted = list(walk(crowded, f"/settlements/{settlement.json['id']}/lines", limit=200, granted=True))
    assert sum(len(page["items"]) for page in granted) == CAME
    (one,) = walk(crowded, f"/settlements/{settlement.json['id']}/lines", q="学员0042")
    assert [each["name"] for each in one["items"]] == ["学员0042"]
