"""Which texts are the same answer to a blank."""

import pytest

from attendance.questions.answer_texts import level, without_repeated
from tests.attendance.courses import Course
from tests.attendance.questions.question_files import take

SAME = [
    ("3", "3.0"), ("3", "3。"), ("3", "3."), ("3", "３．０"), ("3", " 3 "), ("3", "+3"), ("3", "03"), ("3", "3，"),
    ("1000", "1,000"), ("1000", "1，000"), ("1234567.5", "1,234,567.50"), ("0.5", ".5"), ("0.5", "０．５０"),
    ("-3", "−3"), ("-3", "－3.0"), ("0", "-0"), ("0", "0.00"), ("1", "①"), ("5%", "5 %"), ("5%", "５％"),
    ("5%", "5.0%"),
    ("50mg", "50 mg"), ("50mg", "50.0 MG"), ("37℃", "37 °C"), ("37°C", "37ºC"), ("10³", "10^3"), ("10⁻³", "10^-3"),
    ("3×10⁹", "3x10^9"), ("3×10⁹/L", "3.0 × 10⁹/l"), ("H₂O", "h2o"), ("CO₂。", "CO2"), ("m²", "㎡"), ("cm³", "cm3"),
    ("kg/m²", "kg/m^2"), ("Ca²⁺", "Ca2+"), ("HCO₃⁻", "hco3-"), ("½", "1/2"), ("1½", "1 1/2"), ("STEMI", "ｓｔｅｍｉ"),
    ("心肌梗死", "心肌梗死。"), ("心肌梗死", "心肌梗死．"), ("a  b", "A B"), ("①③", "① ③"), ("甲、乙", "甲，乙"),
    ("β", "Β"),
    ("it’s", "it's"), ("3–5", "3-5"), ("（1）", "(1)"),
]  # fmt: skip
DIFFERENT = [
    ("10³", "103"), ("10₃", "103"), ("10³", "10₃"), ("10⁻³", "10-3"), ("①③", "13"), ("1½", "11/2"), ("log₂8", "log28"),
    ("5%", "5"), ("5%", "0.05"), ("50mg", "50"), ("50mg", "50g"), ("3", "-3"), ("3", "30"), ("3.0", "30"),
    ("1.000", "1000"), ("1,00", "100"), ("1,0000", "10000"), ("1.10.2", "1.1.2"), ("5!", "5"), ("3-5", "35"),
    ("心 肌梗死", "心肌梗死"), ("心肌梗死", "心肌梗塞"), ("。", "，"), ("x²", "x³"), ("10³", "10"), ("3/4", "34"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_the_same_answer(one: str, other: str) -> None:
    assert level(one) == level(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_are_different_answers(one: str, other: str) -> None:
    assert level(one) != level(other)


def test_a_levelled_text_stays_as_it_is() -> None:
    for each in {text for pair in (*SAME, *DIFFERENT) for text in pair}:
        assert level(level(each)) == level(each), each


def test_what_an_import_accepts_twice_is_kept_once(course: Course) -> None:
    assert without_repeated(["3", "３", "3.0", "10³", "103"]) == ("3", "10³", "103")
    assert take(course.staff, "::题:: 几个 {=3 =3.0 =３。 =三}", "gift").status_code == 200
    assert course.staff.get("/question-bank").json["items"][0]["accepted"] == ["3", "三"]


def test_the_same_exam_sent_again_is_no_other_paper_whatever_it_accepts_twice(course: Course) -> None:
    fill = {"kind": "fill", "text": "几个", "accepted": ["3", "3.0"]}
    assert course.set_exam(questions=[fill]).status_code == 200
    course.start(course.learner("li"))
    assert course.set_exam(questions=[fill], attempts=5).status_code == 200
