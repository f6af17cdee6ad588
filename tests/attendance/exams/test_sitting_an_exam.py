"""From the first question to the score: what the server draws, keeps, times and grades."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from attendance.exams.exams import select_passed
from models.accounts import Account, SignIn
from models.attendance import AttendanceCorrection, AttendanceMark
from models.exams import ExamAnswer, ExamAttempt
from models.people import Person
from models.projects import Project, ProjectStatus
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Api
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, answer, by_number, exam, save, single
from tests.attendance.projects.lists import statements
from tests.databases import table_of


def submit(who: Api, attempt: dict[str, Any]) -> Any:
    return who.post(f"/exam-attempts/{attempt['id']}/submission")


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


def test_another_device_goes_on_where_the_first_one_was(course: Course) -> None:
    course.set_exam()
    phone = course.learner("li")
    begun = course.start(phone).json
    first = by_number(begun)[0]
    saved = answer(phone, begun, first, is_right=True, revision=3).json
    tablet = course.api.as_(course.people["li"])
    course.clock.turn(minutes=5)
    resumed = course.start(tablet)
    assert resumed.status_code == 200
    assert (resumed.json["id"], resumed.json["deadline_at"]) == (begun["id"], begun["deadline_at"])
    assert resumed.json["questions"] == begun["questions"]
    assert resumed.json["answers"] == [saved]
    assert tablet.get(f"/exam-attempts/{begun['id']}").json == resumed.json
    for question in by_number(begun)[1:]:
        assert answer(tablet, begun, question, is_right=True).status_code == 200
    assert submit(phone, begun).json["score"] == 100


def test_a_save_that_comes_late_does_not_undo_a_newer_one(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.start(li).json
    question = by_number(attempt)[0]
    newer = answer(li, attempt, question, is_right=True, revision=2).json
    late = answer(li, attempt, question, is_right=False, revision=1)
    assert (late.status_code, late.json) == (200, newer)
    assert answer(li, attempt, question, is_right=False, revision=2).json["options"] != newer["options"]
    without = answer(li, attempt, question, is_right=True).json  # who counts nothing always wins
    assert (without["options"], without["revision"]) == (newer["options"], 2)
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 1


def test_an_empty_answer_takes_it_back(course: Course) -> None:
    course.set_exam(exam(1))
    li = course.learner("li")
    attempt = course.start(li).json
    question = attempt["questions"][0]
    answer(li, attempt, question, is_right=True)
    assert save(li, attempt, question, {"options": []}).json["options"] == []
    assert submit(li, attempt).json["score"] == 0


def test_answers_that_do_not_fit_are_422_and_leave_nothing(course: Course) -> None:
    fill = {"kind": "fill", "text": "填空", "accepted": ["x"]}
    course.set_exam(questions=[single(0), fill])
    li = course.learner("li")
    attempt = course.start(li).json
    choice, blank = sorted(attempt["questions"], key=lambda each: each["kind"] == "fill")
    ids = [each["id"] for each in choice["options"]]
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (choice, {"options": ids[:2]}), (choice, {"options": ["none"]}), (choice, {"text": "甲"}), (choice, {}),
        (choice, {"options": [ids[0]], "text": "甲"}), (choice, {"options": ids[0]}), (choice, {"options": [7]}),
        (blank, {"options": ids[:1]}), (blank, {"text": 7}), (blank, {"text": "字" * 201}), (blank, {}),
        (blank, {"text": "x", "revision": -1}), (blank, {"text": "x", "surprise": 1}),
    ]  # fmt: skip
    for question, content in wrong:
        assert save(li, attempt, question, content).status_code == 422, content
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0


def test_nobody_else_sees_or_touches_an_attempt(course: Course) -> None:
    course.set_exam()
    li, other = course.learner("li"), course.learner("other")
    attempt = course.start(li).json
    question, path = attempt["questions"][0], f"/exam-attempts/{attempt['id']}"
    for who in (other, course.staff):
        assert code_of(who.get(path)) == (404, "not_found")
        assert code_of(submit(who, attempt)) == (404, "not_found")
        assert code_of(answer(who, attempt, question, is_right=True)) == (404, "not_found")
    theirs = course.start(other).json
    stranger = {**question, "id": "01900000-0000-7000-8000-000000000000"}
    assert code_of(answer(other, theirs, stranger, is_right=True)) == (404, "not_found")
    elsewhere = course.staff.post("/question-bank", {**single(1), "discipline": "急诊"}).json
    for content in (
        {"options": []},
        {"options": ["none"]},
        {"text": "x"},
    ):  # it is a question, but on no paper of theirs
        assert code_of(save(other, theirs, elsewhere, content)) == (404, "not_found")
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0


@pytest.mark.parametrize("change", ["ended", "suspended"])
def test_an_answer_is_not_saved_once_its_token_is_void(course: Course, change: str) -> None:
    course.set_exam()
    li, other = course.learner("li"), course.learner("other")
    attempt, theirs = course.start(li).json, course.start(other).json
    void, now = {"ended": (SignIn, "ended_at"), "suspended": (Account, "suspended_at")}[change], course.clock.now()
    course.db.execute(table_of(void[0]).update().values({void[1]: now}).where(of_person(void[0], course.people["li"])))
    course.db.commit()
    assert code_of(answer(li, attempt, attempt["questions"][0], is_right=True)) == (401, "token_invalid")
    assert course.db.scalar(select(func.count()).select_from(ExamAnswer)) == 0
    assert answer(other, theirs, theirs["questions"][0], is_right=True).status_code == 200


def of_person(table: Any, person: Person) -> Any:
    """The rows of a person's account."""
    mine = select(Account.id).where(Account.person_id == person.id).scalar_subquery()
    return (table.id if table is Account else table.account_id) == mine


def test_the_token_of_an_initial_password_saves_no_answer(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.start(li).json
    course.db.execute(table_of(Account).update().values(must_change_password=True))
    course.db.commit()
    fresh = course.api.as_(course.people["li"], method="password")
    refused = answer(fresh, attempt, attempt["questions"][0], is_right=True)
    assert code_of(refused) == (403, "password_change_required")


def test_who_may_begin(course: Course) -> None:
    absent = course.learner("absent", has_attended=False)
    assert code_of(course.start(absent)) == (404, "not_found")  # there is no exam yet
    course.set_exam()
    assert code_of(course.start(absent)) == (403, "did_not_attend")
    assert code_of(course.start(course.staff)) == (403, "not_on_roster")
    assert code_of(course.start(course.api.as_(course.make.person()))) == (403, "not_on_roster")
    course.attend("absent")
    assert course.start(absent).status_code == 201
    course.set_exam(needs_attendance=False)
    assert course.start(course.learner("far away", has_attended=False)).status_code == 201


@pytest.mark.parametrize(("mark", "may_begin"), [("present", True), ("left_early", False), ("absent", False)])
def test_the_organizers_last_word_on_attendance_counts(course: Course, mark: str, may_begin: bool) -> None:
    course.set_exam()
    li = course.learner("li", has_attended=not may_begin)
    for said in (AttendanceMark.EXCUSED, AttendanceMark(mark)):
        course.db.add(
            AttendanceCorrection(
                session_id=course.session.id, person_id=course.people["li"].id, mark=said, reason="主办方更正",
                made_by=course.organizer.id, made_at=course.clock.now(),
            )
        )  # fmt: skip
        course.db.commit()
    assert course.start(li).status_code == (201 if may_begin else 403)


def test_it_is_open_while_the_project_is_under_way(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    for status in ProjectStatus:
        course.db.execute(table_of(Project).update().values(status=status))
        course.db.commit()
        reply = course.start(li)
        is_open = status in (ProjectStatus.RUNNING, ProjectStatus.ENDED)
        assert reply.status_code in ((200, 201) if is_open else (409,)), status
        course.db.execute(table_of(ExamAttempt).delete())
        course.db.commit()


def test_the_window_opens_and_closes(course: Course) -> None:
    now = course.clock.now()
    opens, closes = now + timedelta(hours=1), now + timedelta(hours=2)
    course.set_exam(opens_at=opens.isoformat(), closes_at=closes.isoformat())
    li = course.learner("li")
    assert code_of(course.start(li)) == (409, "exam_not_open")
    course.clock.set(closes - timedelta(minutes=10))
    begun = course.start(li)
    assert begun.status_code == 201
    assert datetime.fromisoformat(begun.json["deadline_at"]) == closes  # not half an hour from now
    course.clock.set(closes)
    assert code_of(course.start(li)) == (409, "exam_not_open")


def test_without_an_end_it_closes_thirty_days_after_the_project(course: Course) -> None:
    course.set_exam()
    closes = datetime.fromisoformat(course.staff.get(f"/projects/{course.id}/exam").json["closes_at"])
    assert closes.isoformat() == f"{course.project.ends_on + timedelta(days=31)}T00:00:00+08:00"


def test_attempts_are_counted_paused_and_the_best_one_counts(course: Course) -> None:
    course.set_exam(attempts=3, pause_minutes=10)
    li = course.learner("li")
    assert course.sit(li, 4)["passed"] is True
    refused = course.start(li)
    assert code_of(refused) == (409, "pause_not_over")
    assert refused.headers["Retry-After"] == "600"
    course.clock.turn(minutes=10)
    assert course.sit(li, 1)["passed"] is False
    course.clock.turn(minutes=10)
    course.sit(li, 2)
    course.clock.turn(minutes=10)
    assert code_of(course.start(li)) == (409, "attempts_used_up")
    mine = li.get(f"/projects/{course.id}/exam").json["mine"]
    assert [each["score"] for each in mine] == [80, 20, 40]
    assert set(course.db.scalars(select_passed(course.project.id))) == {course.people["li"].id}
    result = course.staff.get(f"/projects/{course.id}/exam/results").json["items"][0]
    assert (result["attempts"], result["score"], result["passed"]) == (3, 80, True)


def test_a_deadline_that_passes_hands_in_what_was_saved(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    attempt = course.sit(li, 4, is_handed_in=False)
    question = by_number(attempt)[4]
    course.clock.set(datetime.fromisoformat(attempt["deadline_at"]))
    assert code_of(answer(li, attempt, question, is_right=True)) == (409, "exam_over")
    read = li.get(f"/exam-attempts/{attempt['id']}").json
    assert (read["score"], read["passed"], read["hand_in"]) == (80, True, "deadline")
    assert read["submitted_at"] == attempt["deadline_at"]
    assert set(course.db.scalars(select_passed(course.project.id))) == set()  # reading changes nothing
    course.clock.turn(minutes=5)
    done = submit(li, attempt).json
    assert (done["score"], done["submitted_at"], done["hand_in"]) == (80, attempt["deadline_at"], "deadline")


def test_the_sweep_hands_in_what_is_overdue_and_nothing_else(course: Course, settings: Settings) -> None:
    course.set_exam()
    first, second, third = (course.learner(name) for name in ("first", "second", "third"))
    overdue = course.sit(first, 5, is_handed_in=False)
    course.sit(second, 1)
    course.clock.turn(minutes=29)
    running = course.sit(third, 3, is_handed_in=False)
    course.clock.turn(minutes=1)
    sweep(settings, now=course.clock.now())
    found = {str(each.id): each for each in course.db.scalars(select(ExamAttempt))}
    assert found[overdue["id"]].passed is True
    assert found[overdue["id"]].submitted_at == datetime.fromisoformat(overdue["deadline_at"])
    assert found[running["id"]].submitted_at is None
    assert sum(each.submitted_at is not None for each in found.values()) == 2
    assert set(course.db.scalars(select_passed(course.project.id))) == {course.people["first"].id}
    sweep(settings, now=course.clock.now())
    assert submit(first, overdue).json["score"] == 100


def test_who_comes_back_after_the_deadline_begins_the_next_attempt(course: Course) -> None:
    course.set_exam(pause_minutes=10)
    li = course.learner("li")
    first = course.sit(li, 2, is_handed_in=False)
    course.clock.turn(minutes=39)
    assert code_of(course.start(li)) == (409, "pause_not_over")  # counted from the deadline, whenever anybody noticed
    course.clock.turn(minutes=1)
    second = course.start(li)
    assert (second.status_code, second.json["number"]) == (201, 2)
    assert li.get(f"/exam-attempts/{first['id']}").json["score"] == 40


def test_extra_time_is_given_with_a_reason_and_reaches_an_open_attempt(course: Course) -> None:
    course.set_exam()
    li = course.learner("li")
    wanted = {"cme_number": course.people["li"].cme_number, "minutes": 15, "reason": "手部受伤，输入较慢"}
    path = f"/projects/{course.id}/exam/extra-time"
    assert course.staff.put(path, {**wanted, "reason": ""}).status_code == 422
    attempt = course.start(li).json
    given = course.staff.put(path, wanted)
    assert given.status_code == 200
    later = datetime.fromisoformat(attempt["deadline_at"]) + timedelta(minutes=15)
    assert datetime.fromisoformat(given.json["deadline_at"]) == later
    assert course.staff.put(path, wanted).json == given.json  # the same again adds nothing
    course.clock.turn(minutes=44)
    assert answer(li, attempt, attempt["questions"][0], is_right=True).status_code == 200
    submit(li, attempt)
    again = course.start(li).json
    assert datetime.fromisoformat(again["deadline_at"]) == course.clock.now() + timedelta(minutes=45)
    assert li.get(f"/projects/{course.id}/exam").json["extra_minutes"] == 15
    assert course.staff.get(f"/projects/{course.id}/exam/results").json["items"][0]["extra_minutes"] == 15
    assert code_of(course.staff.put(path, {**wanted, "cme_number": "9999999999"})) == (422, "person_not_on_roster")
    assert code_of(li.put(path, wanted)) == (403, "forbidden")


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


def test_whatever_was_saved_before_the_hand_in_is_graded(course: Course) -> None:
    """Saves and hand-ins at once: a save that was acknowledged counts, one that was not is told `exam_over`."""
    course.set_exam(exam(6))
    token = course.learner("li").token
    attempt = course.start(Api(course.api.app, token)).json
    left = iter(by_number(attempt))

    def go() -> tuple[int, bool]:
        who, question = Api(course.api.app, token), next(left)
        saved = answer(who, attempt, question, is_right=True).status_code
        return saved, submit(who, attempt).status_code == 200

    outcomes = at_once(6, go)
    assert all(is_handed_in for _, is_handed_in in outcomes)
    acknowledged = sum(status == 200 for status, _ in outcomes)
    assert all(status in (200, 409) for status, _ in outcomes)
    done = submit(Api(course.api.app, token), attempt).json
    assert done["score"] == int(acknowledged * 10_000 / 6) / 100


def test_saving_and_beginning_take_a_fixed_number_of_statements(course: Course) -> None:
    counts = []
    for size in (2, 40):
        course.db.execute(table_of(ExamAttempt).delete())
        course.db.commit()
        course.set_exam(exam(size))
        li = course.learner(f"li{size}")
        with statements(course.api) as begun:
            attempt = course.start(li).json
        with statements(course.api) as saved:
            answer(li, attempt, by_number(attempt)[0], is_right=True)
        with statements(course.api) as handed_in:
            submit(li, attempt)
        counts.append([len(each) for each in (begun, saved, handed_in)])
        course.db.execute(table_of(ExamAnswer).delete())
        course.db.commit()
    assert counts[0] == counts[1]
    assert counts[0][1] == 1  # the save, which asks for itself who calls
    # who calls, who is it here, exam; sessions, check-ins, marks; earlier attempts, corrected keys, questions, still
    # that exam, the paper; the name of the project
    assert counts[0][0] == 12
    following = course.learner("the next one")
    with statements(course.api) as begun:
        course.start(following)
    assert len(begun) == 11  # this process knows the questions by now


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
