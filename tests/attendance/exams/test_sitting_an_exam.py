"""From the first question to the score: what the server draws, keeps, times and grades."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.exams.exams import select_passed
from models.exams import ExamAttempt
from models.projects import Project
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, answer, by_number, exam, save, single
from tests.attendance.exams.sitting import submit
from tests.databases import table_of


@pytest.mark.manual("M-6.2")
def test_a_learner_sits_an_exam_and_passes(course: Course) -> None:
    assert course.set_exam().status_code == 200
    li = course.learner("li")
    begun = course.start(li)
    assert begun.status_code == 201
    for question in begun.json["questions"]:
        for _ in range(2):
            assert answer(li, begun.json, question, is_right=True).status_code == 200
    done = [submit(li, begun.json) for _ in range(2)]
    assert [each.status_code for each in done] == [200, 200]
    assert done[0].json == done[1].json
    assert (done[0].json["score"], done[0].json["passed"], done[0].json["hand_in"]) == (100.0, True, "learner")
    assert set(course.db.scalars(select_passed(course.project.id))) == {course.people["li"].id}


def test_no_right_answer_leaves_the_server_before_hand_in(course: Course) -> None:
    fill = {"kind": "fill", "text": "第9题", "accepted": ["独一无二的答案"], "explanation": "解析只在交卷后"}
    course.set_exam(questions=[single(0, explanation="解析只在交卷后"), fill], review="after_hand_in")
    li = course.learner("li")
    attempt = course.start(li).json
    shown = [course.start(li), li.get(f"/exam-attempts/{attempt['id']}"), li.get(f"/projects/{course.id}/exam")]
    for question in attempt["questions"]:
        shown.append(save(li, attempt, question, {"options": []} if question["options"] else {"text": ""}))
    for reply in shown:
        assert reply.status_code == 200
        for secret in ('"correct"', "独一无二的答案", "解析只在交卷后"):
            assert secret.encode() not in reply.data
    assert code_of(li.get(f"/projects/{course.id}/exam/paper")) == (403, "forbidden")
    submit(li, attempt)
    told = li.get(f"/exam-attempts/{attempt['id']}").json["review"]
    assert [each["accepted"] for each in told if each["accepted"]] == [["独一无二的答案"]]


def test_the_score_is_in_per_cent_and_the_mark_itself_passes(course: Course) -> None:
    course.set_exam(exam(3, pass_mark=66))
    assert [course.sit(course.learner(f"li{right}"), right)["score"] for right in range(4)] == [0, 33.33, 66.66, 100]
    for right, has_passed in ((1, False), (2, True)):
        mine = course.api.as_(course.people[f"li{right}"]).get(f"/projects/{course.id}/exam").json["mine"]
        assert [each["passed"] for each in mine] == [has_passed]


def test_every_kind_of_question_is_graded_all_or_nothing(course: Course) -> None:
    kinds = [
        {"kind": "single", "text": "单选", "options": ["对的", "错的"], "correct": [0], "points": 1},
        {"kind": "multiple", "text": "多选", "options": ["对一", "对二", "错的"], "correct": [0, 1], "points": 2},
        {"kind": "true_false", "text": "判断", "correct": [1], "points": 3},
        {"kind": "fill", "text": "填空", "accepted": ["心肌梗死", "STEMI"], "points": 4},
    ]
    cases: list[tuple[dict[str, Any], float]] = [
        ({"单选": ["对的"], "多选": ["对二", "对一"], "判断": ["错误"], "填空": "心肌梗死"}, 100.0),
        ({"单选": ["对的"]}, 10.0),
        ({"多选": ["对一"], "判断": ["正确"]}, 0.0),
        ({"多选": ["对一", "对二", "错的"]}, 0.0),
        ({"填空": "  ｓｔｅｍｉ "}, 40.0),
        ({"填空": "心 肌梗死"}, 0.0),
        ({"单选": [], "填空": ""}, 0.0),
    ]
    course.set_exam({"questions": kinds, "pass_mark": 60, "attempts": 20, "pause_minutes": 0})
    li = course.learner("li")
    for given, score in cases:
        attempt = course.start(li).json
        for question in attempt["questions"]:
            value = given.get(question["text"])
            if isinstance(value, str):
                assert save(li, attempt, question, {"text": value}).status_code == 200
            elif value is not None:
                chosen = [each["id"] for each in question["options"] if each["text"] in value]
                assert save(li, attempt, question, {"options": chosen}).status_code == 200
        assert submit(li, attempt).json["score"] == score, given


@pytest.mark.parametrize(("scoring", "scores"), [("all_or_nothing", [0, 0, 0, 100]), ("partial", [50, 75, 0, 100])])
def test_partial_credit_is_an_exact_share_and_nothing_beside_a_wrong_option(
    course: Course, scoring: str, scores: list[float]
) -> None:
    """Three points, four right options: two of them earn 1.5, three 2.25."""
    right = ["对一", "对二", "对三", "对四"]
    multiple = {"kind": "multiple", "text": "多选", "options": [*right, "错的"], "correct": [0, 1, 2, 3], "points": 3}
    course.set_exam({"questions": [multiple], "scoring": scoring, "attempts": 4, "pause_minutes": 0})
    li = course.learner("li")
    found = []
    for chosen in (right[:2], right[:3], [*right[:3], "错的"], right):
        attempt = course.start(li).json
        question = attempt["questions"][0]
        ids = [each["id"] for each in question["options"] if each["text"] in chosen]
        assert save(li, attempt, question, {"options": ids}).status_code == 200
        found.append(submit(li, attempt).json["score"])
    assert found == scores


def test_how_choices_are_scored_stays_once_somebody_has_a_paper(course: Course) -> None:
    assert course.set_exam().json["scoring"] == "all_or_nothing"
    course.start(course.learner("li"))
    assert code_of(course.set_exam(scoring="partial")) == (409, "exam_started")


def test_a_paper_is_shuffled_for_each_and_frozen_for_its_own(course: Course) -> None:
    course.set_exam(exam(12))
    learners = [course.learner(f"li{number}") for number in range(4)]
    papers = [course.start(each).json for each in learners]
    orders = [[each["text"] for each in paper["questions"]] for paper in papers]
    options = [[o["text"] for each in by_number(paper) for o in each["options"]] for paper in papers]
    assert len({tuple(each) for each in orders}) == 4  # two alike once in 479,001,600
    assert len({tuple(each) for each in options}) == 4
    assert {frozenset(each) for each in orders} == {frozenset(orders[0])}
    for who, paper in zip(learners, papers, strict=True):
        assert who.get(f"/exam-attempts/{paper['id']}").json["questions"] == paper["questions"]


def test_unshuffled_the_paper_is_as_it_was_set(course: Course) -> None:
    course.set_exam(is_shuffled=False)
    paper = course.start(course.learner("li")).json["questions"]
    assert [each["text"] for each in paper] == [f"第{number}题" for number in range(5)]
    assert all([o["text"] for o in each["options"]] == ["甲", "乙", "丙", "丁"] for each in paper)


@pytest.mark.parametrize("review", ["never", "after_hand_in", "after_close"])
def test_what_was_wrong_is_shown_when_the_organizer_allows_it(course: Course, review: str) -> None:
    closes = course.clock.now() + timedelta(hours=2)
    course.set_exam(exam(2, review=review, closes_at=closes.isoformat()))
    li = course.learner("li")
    attempt = course.sit(li, 1, is_handed_in=False)
    path = f"/exam-attempts/{attempt['id']}"
    shown = [li.get(path).json["review"] is not None]
    submit(li, attempt)
    shown.append(li.get(path).json["review"] is not None)
    course.clock.set(closes)
    told = li.get(path).json["review"]
    shown.append(told is not None)
    wanted = {"never": [False, False, False], "after_hand_in": [False, True, True], "after_close": [False, False, True]}
    assert shown == wanted[review]
    if told:
        texts = {o["id"]: o["text"] for each in attempt["questions"] for o in each["options"]}
        right = {each["question_id"]: (each["earned"], [texts[o] for o in each["options"]]) for each in told}
        first, second = (each["id"] for each in by_number(attempt))
        assert (right[first], right[second]) == ((1, ["甲"]), (0, ["乙"]))


def test_nobody_is_shown_what_was_right_while_somebody_with_extra_time_still_sits(course: Course) -> None:
    closes = course.clock.now() + timedelta(minutes=20)
    course.set_exam(exam(2, review="after_close", closes_at=closes.isoformat()))
    quick, slow = course.learner("quick"), course.learner("slow")
    extra = {"cme_number": course.people["slow"].cme_number, "minutes": 10, "reason": "手部受伤，输入较慢"}
    assert course.staff.put(f"/projects/{course.id}/exam/extra-time", extra).status_code == 200
    attempt, last = course.sit(quick, 1, is_handed_in=False), course.start(slow).json
    submit(quick, attempt)
    course.clock.set(closes)
    assert quick.get(f"/exam-attempts/{attempt['id']}").json["review"] is None
    submit(slow, last)
    assert quick.get(f"/exam-attempts/{attempt['id']}").json["review"] is not None


def test_six_devices_that_begin_at_once_share_one_attempt(course: Course) -> None:
    course.set_exam()
    token = course.learner("li").token
    replies = at_once(6, lambda: course.start(Api(course.api.app, token)))
    assert Counter(reply.status_code for reply in replies) == {201: 1, 200: 5}
    assert len({reply.json["id"] for reply in replies}) == 1
    assert course.db.scalar(select(func.count()).select_from(ExamAttempt)) == 1


def test_a_hall_that_begins_at_once_has_a_paper_each(course: Course) -> None:
    course.set_exam(exam(8))
    waiting = iter([course.learner(f"li{number}").token for number in range(12)])
    replies = at_once(12, lambda: course.start(Api(course.api.app, next(waiting))))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json["id"] for reply in replies}) == 12
    assert {len(reply.json["questions"]) for reply in replies} == {8}


@pytest.mark.manual("M-9.6")
def test_what_is_owed_is_told_until_it_is_done(course: Course) -> None:
    course.db.execute(table_of(Project).update().values(needs_exam=True, needs_evaluation=True))
    course.db.commit()
    li = course.learner("li")
    owed = [li.get("/me/attendance").json["items"][0]["owed"]]
    course.set_exam()
    form = {"questions": [{"kind": "stars", "text": "内容"}]}
    question = course.staff.put(f"/projects/{course.id}/evaluation", form).json["questions"][0]["id"]
    owed.append(li.get("/me/attendance").json["items"][0]["owed"])
    li.post(f"/projects/{course.id}/evaluation/responses", {"answers": [{"question_id": question, "value": 5}]})
    course.sit(li, 1)
    owed.append(li.get("/me/attendance").json["items"][0]["owed"])
    course.sit(li, 5)
    owed.append(li.get("/me/attendance").json["items"][0]["owed"])
    assert owed == [[], ["evaluation", "exam"], ["exam"], []]
