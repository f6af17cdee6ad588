"""Questions for a number: what is right, and their way through an exam and through files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.questions.answer_numbers import accepts, canonical, read_range
from tests.attendance.courses import Course, save
from tests.attendance.exams.mending_exams import mend, questions
from tests.attendance.questions.question_files import send, take
from tests.fuzz.bounded import bounded

PI = {"kind": "number", "text": "第0题", "accepted": ["3.14±0.01"], "explanation": "圆周率"}


@pytest.mark.parametrize(
    ("accepted", "right", "wrong"),
    [
        (
            "3.14",
            ("3.14", "３．１４", "+3.140", " 3.14 。", "314*10^-2"),
            ("3.141", "3.13", "3,14", "3.14 cm", "π", ""),
        ),
        ("3.14:0.01", ("3.13", "3.15", "3.1400001"), ("3.12999", "3.1500001", "-3.14")),
        ("3.14±0.01", ("3.13", "3.15"), ("3.16",)),
        ("3..4", ("3", "4.0", "3.999"), ("2.9999", "4.0001")),
        ("-5..-1", ("-5", "−1", "－3"), ("-5.1", "1")),
        ("0.1:0.2", ("0.3", "-0.1"), ("0.30000000000000004",)),
        ("1000", ("1,000", "10³", "1×10^3", "1e3"), ("10 3", "103", "1/1000")),
        ("１．５：０．５", ("1", "2"), ("2.1",)),
    ],
)
def test_a_number_is_right_within_its_tolerance_exactly(
    accepted: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    assert [each for each in right if not accepts([accepted], each)] == []
    assert [each for each in wrong if accepts([accepted], each)] == []
    assert read_range(canonical(accepted)) == read_range(accepted)


@pytest.mark.parametrize("text", ["", "x", "3;4", "4..3", "3:-1", "3..", "..3", "1..2..3", "*", "1e999", "9" * 40])
def test_what_is_no_number_is_not_accepted(text: str) -> None:
    assert read_range(text) is None
    assert not accepts([text], text)


@bounded(200)
@given(st.text(st.sampled_from("0123456789.-+eE:±×^* ，,"), max_size=30))
def test_no_answer_breaks_the_grading(text: str) -> None:
    assert accepts([text, "0..1"], text) in (True, False)


def test_a_number_is_asked_graded_counted_and_corrected(course: Course) -> None:
    assert course.set_exam(questions=[PI], review="after_hand_in", attempts=1).status_code == 200
    scores = {}
    for name, text in (("li", "３.１５"), ("wang", "3.16"), ("zhao", "三")):
        who = course.learner(name)
        attempt = course.start(who).json
        (question,) = attempt["questions"]
        assert (question["kind"], question["options"]) == ("number", [])
        assert save(who, attempt, question, {"options": []}).json["code"] == "answers_invalid"
        assert save(who, attempt, question, {"text": text}).status_code == 200
        scores[name] = who.post(f"/exam-attempts/{attempt['id']}/submission").json["score"]
        (review,) = who.get(f"/exam-attempts/{attempt['id']}").json["review"]
        assert (review["options"], review["accepted"]) == ([], ["3.14±0.01"])
    assert scores == {"li": 100, "wang": 0, "zhao": 0}
    (item,) = course.staff.get(f"/projects/{course.id}/exam/statistics").json["items"]
    assert {each["text"]: each["is_right"] for each in item["choices"]} == {"3.15": True, "3.16": False, "三": False}
    assert mend(course, questions(course)[0], correct=["三"]).json["code"] == "question_invalid"
    made = mend(course, questions(course)[0], correct=["3..3.16"])
    assert (made.status_code, [each["name"] for each in made.json["people"]]) == (201, ["wang"])


def test_a_question_whose_number_cannot_be_read_is_refused(course: Course) -> None:
    for accepted in ([], ["约 3"], ["3", "x"]):
        wrong = {**PI, "accepted": accepted, "discipline": "急诊"}
        assert course.staff.post("/question-bank", wrong).json["code"] == "question_invalid"
    made = course.staff.post("/question-bank", {**PI, "accepted": ["3 : 0.5", "3:0.5"], "discipline": "急诊"}).json
    assert made["accepted"] == ["3±0.5"]


def test_numbers_come_from_files_and_what_cannot_be_read_is_refused_by_line(course: Course) -> None:
    text = """圆周率是？{#3.14:0.01#很好 ~#再想想 ####圆周率}

范围 {#3..4}

几个都对 {#=1:0 =%100%2}

Moodle 写的 {#
\t=%100%6:0#答对了
\t####2+4 \\= 6
}

部分 {#=1 =%50%2}

不是数 {#约 3}

空的 {#}
"""
    read = send(course.staff, text, "gift").json
    assert [each["accepted"] for each in read["questions"]] == [["3.14±0.01"], ["3..4"], ["1±0", "2"], ["6±0"]]
    assert [each["explanation"] for each in read["questions"]] == ["圆周率", None, None, "2+4 = 6"]
    assert [(each["line"], each["code"]) for each in read["errors"]] == [
        (12, "partial_credit_unsupported"),
        (14, "number_unreadable"),
        (16, "answer_empty"),
    ]
    sheet = "题型,题干,答案\n数值题,圆周率,3.14:0.01|22..23\n数值,错的,约 3\n"
    made = take(course.staff, sheet, "xlsx").json
    assert [each["accepted"] for each in made["questions"]] == [["3.14±0.01", "22..23"]]
    assert [(each["row"], each["column"], each["code"]) for each in made["errors"]] == [(3, "答案", "accepted_invalid")]
