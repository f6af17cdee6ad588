"""What organizers learn: who passed, how hard each question was, and sheets of it."""

import io
import statistics
from typing import Any

import openpyxl
import pytest

from attendance.exams.statistics import Correlation
from models.people import Role
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, answer, by_number, exam, single


def sheet(reply: Any) -> list[list[Any]]:
    assert reply.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(reply.data))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_results_list_the_whole_roster_page_by_page(course: Course) -> None:
    course.set_exam()
    for name, right in (("甲", 5), ("乙", 2)):
        course.sit(course.learner(name), right)
    course.learner("丙", has_attended=False)
    path = f"/projects/{course.id}/exam/results"
    whole = course.staff.get(path).json["items"]
    assert [(each["name"], each["attempts"], each["score"], each["passed"]) for each in whole] == [
        ("甲", 1, 100, True), ("乙", 1, 40, False), ("丙", 0, None, False),
    ]  # fmt: skip
    first = course.staff.get(f"{path}?limit=2").json
    rest = course.staff.get(path, query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert first["items"] + rest["items"] == whole
    rows = sheet(course.staff.get(f"/projects/{course.id}/exam/results.xlsx"))
    assert [row[1:] for row in rows[1:]] == [["甲", 1, 100, "合格"], ["乙", 1, 40, "不合格"], ["丙", 0, None, "不合格"]]


def test_results_are_for_the_organizer_and_who_reviews(course: Course) -> None:
    course.set_exam()
    course.staff.put(f"/projects/{course.id}/evaluation", {"questions": [{"kind": "stars", "text": "内容"}]})
    authority = course.api.as_(course.make.staff(Role.AUTHORITY, course.make.province))
    stranger, li = course.api.as_(course.make.organizer(course.make.unit())), course.learner("li")
    paths = ("exam/results", "exam/results.xlsx", "exam/statistics", "evaluation/results", "evaluation/results.xlsx")
    for path in paths:
        assert course.staff.get(f"/projects/{course.id}/{path}").status_code == 200
        assert authority.get(f"/projects/{course.id}/{path}").status_code == 200
        for who in (stranger, li):
            assert code_of(who.get(f"/projects/{course.id}/{path}")) == (403, "forbidden")


def test_item_statistics_tell_hard_from_easy_and_good_from_useless(course: Course) -> None:
    """Question 0 gets harder the weaker one is; question 4 only the weak have right, as if its key were wrong."""
    course.set_exam(exam(5, attempts=2))
    rights = [{0, 1, 2, 3}, {0, 1, 2}, {0, 1}, {0, 4}, {4}, set()]
    for place, right in enumerate(rights):
        li = course.learner(f"li{place}")
        attempt = course.start(li).json
        for number, question in enumerate(by_number(attempt)):
            if place != 5 or number == 0:
                answer(li, attempt, question, is_right=number in right)
        li.post(f"/exam-attempts/{attempt['id']}/submission")
    course.sit(course.api.as_(course.people["li5"]), 5)  # a second attempt has seen the questions
    items = {each["text"]: each for each in course.staff.get(f"/projects/{course.id}/exam/statistics").json["items"]}
    first, last = items["第0题"], items["第4题"]
    assert (first["shown"], first["answered"], first["difficulty"]) == (6, 6, round(4 / 6, 3))
    assert (last["answered"], last["difficulty"]) == (5, round(2 / 6, 3))
    for number in range(5):
        own = [float(number in right) for right in rights]
        others = [len(right - {number}) / 4 for right in rights]
        assert items[f"第{number}题"]["discrimination"] == round(statistics.correlation(own, others), 3)
    assert last["discrimination"] < 0 < first["discrimination"]
    assert next(iter(items)) == "第4题"  # what to look at first stands first
    chosen = {each["text"]: (each["is_right"], each["count"]) for each in last["choices"]}
    assert chosen == {"甲": (True, 2), "乙": (False, 3), "丙": (False, 0), "丁": (False, 0)}


def test_a_blanks_statistics_show_what_was_written(course: Course) -> None:
    course.set_exam(questions=[{"kind": "fill", "text": "填", "accepted": ["ＳＴＥＭＩ"]}, single(1)])
    for place, text in enumerate(["stemi", "STEMI ", "nstemi"]):
        li = course.learner(f"li{place}")
        attempt = course.start(li).json
        blank = next(each for each in attempt["questions"] if each["kind"] == "fill")
        assert li.put(f"/exam-attempts/{attempt['id']}/answers/{blank['id']}", {"text": text}).status_code == 200
        li.post(f"/exam-attempts/{attempt['id']}/submission")
    items = course.staff.get(f"/projects/{course.id}/exam/statistics").json["items"]
    found = next(each for each in items if each["kind"] == "fill")
    assert found["choices"] == [
        {"text": "stemi", "is_right": True, "count": 2}, {"text": "nstemi", "is_right": False, "count": 1},
    ]  # fmt: skip


def test_what_never_varies_discriminates_nothing() -> None:
    steady = Correlation()
    assert (steady.value, steady.mean_x) == (None, None)
    for _ in range(3):
        steady.add(0.1, 0.3)
    assert steady.value is None
    assert steady.mean_x == pytest.approx(0.1)


def test_the_sheet_of_an_evaluation_hides_what_the_page_hides_and_runs_no_formula(course: Course) -> None:
    form = {"questions": [{"kind": "stars", "text": "=内容"}, {"kind": "text", "text": "建议"}]}
    ids = [each["id"] for each in course.staff.put(f"/projects/{course.id}/evaluation", form).json["questions"]]
    seen = []
    for place in range(5):
        values = (place + 1, f'=HYPERLINK("http://x","{place}")')
        sent = {"answers": [{"question_id": id, "value": value} for id, value in zip(ids, values, strict=True)]}
        assert course.learner(f"li{place}").post(f"/projects/{course.id}/evaluation/responses", sent).status_code == 201
        seen.append(sheet(course.staff.get(f"/projects/{course.id}/evaluation/results.xlsx")))
    assert all("HYPERLINK" not in str(rows) for rows in seen[:4])
    comments = [row[5] for row in seen[4] if row[0] == "建议"]
    assert len(comments) == 5
    book = openpyxl.load_workbook(io.BytesIO(course.staff.get(f"/projects/{course.id}/evaluation/results.xlsx").data))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} <= {"s", "n"}
    assert ["=内容", "星级", "合计", 5, "3.00", None] in seen[4]
