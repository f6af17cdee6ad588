"""Keys that turn out to be wrong once papers are out: what a correction moves, and what it leaves alone.

Several tests are of faults that other systems had with regrading; the docstring names where.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from models.edge import AuditEntry
from models.exams import ExamAttempt, ExamCorrection, ExamRegrade, Question
from models.projects import ProjectStatus
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course, exam, save, single
from tests.attendance.exams.mending_exams import REASON, mend, questions, result, sit
from tests.databases import table_of


def test_a_wrong_key_is_corrected_and_everybody_is_graded_by_the_new_one(course: Course) -> None:
    """The key says 甲; 乙 is right."""
    course.set_exam(exam(1))
    for name, said in (("甲", "甲"), ("乙", "乙"), ("丙", "丙")):
        sit(course, name, said)
    (question,) = questions(course)
    before = [result(course, name) for name in "甲乙丙"]
    dry = mend(course, question, correct=[1], dry_run=True)
    assert (dry.status_code, dry.json["id"], dry.json["dry_run"]) == (200, None, True)
    assert [result(course, name) for name in "甲乙丙"] == before == [(100, True), (0, False), (0, False)]
    assert course.db.scalar(select(func.count()).select_from(ExamCorrection)) == 0
    done = mend(course, question, correct=[1])
    assert done.status_code == 201
    assert [result(course, name) for name in "甲乙丙"] == [(0, True), (100, True), (0, False)]
    told = {each["name"]: each for each in done.json["people"]}
    assert told.keys() == {"甲", "乙"}
    lost, won = told["甲"], told["乙"]
    assert (lost["score_before"], lost["score_after"], lost["passed_before"], lost["passed_after"]) == (
        100,
        0,
        True,
        True,
    )
    assert (won["score_before"], won["score_after"], won["passed_before"], won["passed_after"]) == (0, 100, False, True)
    assert (lost["keeps_pass"], won["keeps_pass"]) == (True, False)
    counts = {name: done.json[name] for name in ("papers", "open_papers", "moved", "newly_passed", "keeping")}
    assert counts == {"papers": 3, "open_papers": 0, "moved": 2, "newly_passed": 1, "keeping": 1}
    same = ("papers", "open_papers", "moved", "newly_passed", "keeping", "people", "leads_to_round")
    assert [dry.json[name] for name in same] == [done.json[name] for name in same]
    entry = course.db.scalars(select(AuditEntry).where(AuditEntry.action == "exam.correct")).one()
    assert (entry.reason, entry.before["kind"], entry.after["newly_passed"]) == (REASON, "key", 1)


def test_a_void_question_leaves_the_sum_and_the_total(course: Course) -> None:
    course.set_exam(exam(3, pass_mark=60))
    assert sit(course, "甲", "甲", "甲", "甲")["score"] == 33.33
    assert sit(course, "乙", "乙", "乙", "乙")["score"] == 33.33
    first, *_ = questions(course)
    told = mend(course, first, void=True).json
    assert (result(course, "甲"), result(course, "乙")) == ((0, False), (50, False))
    assert told["papers"] == 2
    paper = course.start(course.learner("丙")).json["questions"]
    assert len(paper) == 2  # no later paper asks it
    assert course.staff.get(f"/projects/{course.id}/exam").json["questions"] == 2
    assert first not in {each["question_id"] for each in statistics(course)}
    mend(course, first, correct=[0])  # it counts again, by the key it had
    assert (result(course, "甲"), result(course, "乙")) == ((33.33, False), (33.33, False))


def statistics(course: Course) -> list[dict[str, Any]]:
    return list(course.staff.get(f"/projects/{course.id}/exam/statistics").json["items"])


def test_points_for_all_are_for_everybody_who_had_the_question(course: Course) -> None:
    """Whoever left it empty, too."""
    course.set_exam(exam(2, pass_mark=50))
    li = course.learner("空")
    attempt = course.start(li).json
    li.post(f"/exam-attempts/{attempt['id']}/submission")
    sit(course, "错", "丁", "丁")
    mend(course, questions(course)[0], accept_all=True)
    assert (result(course, "空"), result(course, "错")) == ((50, True), (50, True))


def test_a_question_with_one_choice_may_get_two_right_ones(course: Course) -> None:
    course.set_exam(exam(1))
    for said in "甲乙丙":
        sit(course, said, said)
    (question,) = questions(course)
    assert mend(course, question, correct=[0, 1]).status_code == 201
    assert [result(course, said)[0] for said in "甲乙丙"] == [100, 100, 0]
    right = {each["text"]: each["is_right"] for each in statistics(course)[0]["choices"]}
    assert right == {"甲": True, "乙": True, "丙": False, "丁": False}


def test_a_blank_gets_other_accepted_texts(course: Course) -> None:
    course.set_exam(questions=[{"kind": "fill", "text": "第0题", "accepted": ["103"]}])
    li = course.learner("李")
    attempt = course.start(li).json
    save(li, attempt, attempt["questions"][0], {"text": "10^3"})
    li.post(f"/exam-attempts/{attempt['id']}/submission")
    (question,) = questions(course)
    assert code_of(mend(course, question, correct=[0])) == (422, "question_invalid")
    assert mend(course, question, correct=["10³", "一千"]).status_code == 201
    assert result(course, "李") == (100, True)
    assert course.staff.get(f"/projects/{course.id}/exam/paper").json["corrections"][0]["accepted"] == ["10³", "一千"]


def test_an_open_attempt_stays_open_and_is_graded_by_the_new_key(course: Course) -> None:
    """PrairieLearn/PrairieLearn#3452: regrading graded answers that were only saved."""
    course.set_exam(exam(1))
    li = course.learner("乙")
    attempt = course.start(li).json
    question = attempt["questions"][0]
    chosen = [each["id"] for each in question["options"] if each["text"] == "乙"]
    save(li, attempt, question, {"options": chosen})
    told = mend(course, question["id"], correct=[1]).json
    assert (told["papers"], told["open_papers"], told["people"]) == (0, 1, [])
    seen = li.get(f"/exam-attempts/{attempt['id']}").json
    assert (seen["submitted_at"], seen["regrades"]) == (None, [])
    assert li.post(f"/exam-attempts/{attempt['id']}/submission").json["score"] == 100
    assert sit(course, "后来", "乙")["score"] == 100  # and so is a later paper


def test_an_attempt_whose_time_is_over_keeps_the_pass_of_its_answers(course: Course, settings: Settings) -> None:
    """Nobody has handed it in yet: by the key that held when its time was over it had passed."""
    course.set_exam(exam(1))
    li = course.learner("甲")
    attempt = course.sit(li, 1, is_handed_in=False)
    other = course.sit(course.learner("乙"), 0, is_handed_in=False)
    course.clock.turn(minutes=31)
    assert li.get(f"/exam-attempts/{attempt['id']}").json["passed"] is True
    told = mend(course, questions(course)[0], correct=[2], dry_run=True).json
    assert (told["papers"], told["keeping"]) == (2, 1)
    assert course.db.scalar(select(func.count()).where(ExamAttempt.submitted_at.is_not(None))) == 0
    mend(course, questions(course)[0], correct=[2])
    sweep(settings, now=course.clock.now())
    assert (result(course, "甲"), result(course, "乙")) == ((0, True), (0, False))
    seen = li.get(f"/exam-attempts/{attempt['id']}").json
    assert (seen["passed"], seen["hand_in"], seen["submitted_at"]) == (True, "deadline", attempt["deadline_at"])
    assert course.api.as_(course.people["乙"]).get(f"/exam-attempts/{other['id']}").json["hand_in"] == "deadline"


def test_all_attempts_are_graded_by_one_key_and_the_best_one_counts(course: Course) -> None:
    """trampgeek/moodle-qtype_coderunner#236: a second attempt with the same answers kept the old key."""
    course.set_exam(exam(2, attempts=3))
    for said in (("乙", "丁"), ("乙", "丁"), ("甲", "丁")):
        sit(course, "李", *said)
    assert result(course, "李") == (50, False)
    told = mend(course, questions(course)[0], correct=[1]).json
    mine = course.api.as_(course.people["李"]).get(f"/projects/{course.id}/exam").json["mine"]
    assert [each["score"] for each in mine] == [50, 50, 0]
    assert told["people"] == []  # the best one is what it was
    assert result(course, "李") == (50, False)
    mend(course, questions(course)[1], correct=[3])
    assert result(course, "李") == (100, True)


def test_what_was_passed_stays_passed_through_one_correction_after_another(course: Course) -> None:
    """PrairieLearn/PrairieLearn#3329: whether a regrade may lower a score. It may, and the pass stays."""
    course.set_exam(exam(1, attempts=3))
    sit(course, "甲", "甲")
    (question,) = questions(course)
    for right in ([1], [2], [1]):
        mend(course, question, correct=right)
        assert result(course, "甲") == (0, True)
    li = course.api.as_(course.people["甲"])
    assert [each["passed"] for each in li.get(f"/projects/{course.id}/exam").json["mine"]] == [True]
    back = mend(course, question, correct=[0]).json
    assert (back["newly_passed"], result(course, "甲")) == (0, (100, True))


def test_no_other_question_is_graded_anew(course: Course) -> None:
    """gbateson/moodle-qtype_essayautograde#47 graded all questions anew, maths/moodle-qtype_stack#1004 took points off.

    The second question holds points of an earlier way of grading.
    """
    course.set_exam(exam(2, is_shuffled=False))
    sit(course, "乙", "乙", "丁")
    course.db.execute(table_of(ExamAttempt).update().values(earned=[0, "1/2"], score=2500))
    course.db.commit()
    first, _ = questions(course)
    mend(course, first, correct=[0])
    assert result(course, "乙") == (25, False)
    mend(course, first, correct=[1])
    assert result(course, "乙") == (75, True)


def test_a_drawn_question_is_corrected_for_this_exam_and_no_other(course: Course) -> None:
    """gbateson/moodle-qtype_essayautograde#47 left out questions that were drawn."""
    for number in range(2):
        course.staff.post("/question-bank", {**single(number), "discipline": "急诊"})
    course.set_exam(
        {"draws": [{"discipline": "急诊", "count": 2}], "pause_minutes": 0, "attempts": 3, "is_shuffled": False}
    )
    sit(course, "乙", "乙", "乙")
    bank = {each["text"]: each for each in course.staff.get("/question-bank").json["items"]}
    question = bank["第0题"]
    project = course.make.project(unit=course.unit, organizer=course.organizer, status=ProjectStatus.RUNNING)
    other = replace(course, project=project, session=course.make.session(project), people={})
    other.set_exam({"draws": [{"discipline": "急诊", "count": 2}], "pause_minutes": 0})
    sit(other, "同卷", "乙", "乙")
    assert mend(course, question["id"], correct=[1]).json["papers"] == 1
    assert (result(course, "乙"), result(other, "同卷")) == ((100, True), (50, False))
    assert {each["text"]: each for each in course.staff.get("/question-bank").json["items"]} == bank
    assert mend(other, question["id"], void=True).status_code == 201
    assert (result(course, "乙"), result(other, "同卷")) == ((100, True), (100, True))
    assert question["id"] not in {each["id"] for each in other.start(other.learner("后来")).json["questions"]}


def test_a_question_of_another_exam_or_of_no_paper_is_refused(course: Course) -> None:
    course.set_exam(exam(1))
    elsewhere = course.staff.post("/question-bank", {**single(1), "discipline": "急诊"}).json["id"]
    for id in (elsewhere, "01900000-0000-7000-8000-000000000000"):
        refused = mend(course, id, void=True)
        assert code_of(refused) == (422, "question_not_asked")
        assert list(refused.json["errors"]) == ["question_id"]


def test_a_correction_says_exactly_one_thing_that_makes_sense(course: Course) -> None:
    course.set_exam(exam(1))
    sit(course, "甲", "甲")
    (question,) = questions(course)
    wrong: list[dict[str, Any]] = [
        {}, {"void": True, "accept_all": True}, {"correct": [0], "void": True}, {"void": False}, {"correct": []},
        {"correct": [4]}, {"correct": [1, 1]}, {"correct": ["甲"]}, {"correct": [0, 1, 2, 3]}, {"correct": [-1]},
        {"correct": [0, "甲"]}, {"void": True, "reason": ""}, {"void": True, "surprise": 1},
    ]  # fmt: skip
    for what in wrong:
        assert mend(course, question, **what).status_code == 422, what
    assert course.db.scalar(select(func.count()).select_from(ExamCorrection)) == 0


def test_the_last_question_that_counts_is_not_made_void_and_nothing_is_left_half_done(course: Course) -> None:
    """autolab/Autolab#362: a regrade that failed half-way left scores of 0."""
    for number in range(2):
        course.staff.post("/question-bank", {**single(number), "discipline": "急诊"})
    course.set_exam({"draws": [{"discipline": "急诊", "count": 1}], "pause_minutes": 0, "attempts": 9})
    sit(course, "乙", "乙")
    question = course.db.scalars(select(ExamAttempt)).one().paper[0]["question"]
    before = result(course, "乙")
    assert code_of(mend(course, question, void=True)) == (409, "paper_would_be_empty")
    assert code_of(mend(course, question, void=True, dry_run=True)) == (409, "paper_would_be_empty")
    assert result(course, "乙") == before
    for table in (ExamCorrection, ExamRegrade):
        assert course.db.scalar(select(func.count()).select_from(table)) == 0
    assert mend(course, question, accept_all=True).status_code == 201
    assert result(course, "乙") == (100, True)


def test_partial_points_are_exact_and_the_score_is_rounded_once(course: Course) -> None:
    """Two of three right options of one point, three times: 2/3 each, which is 2 of 3 points."""
    multiple = {"kind": "multiple", "options": ["甲", "乙", "丙", "丁"], "correct": [0, 1, 2], "points": 1}
    asked = [{**multiple, "text": f"第{number}题"} for number in range(3)]
    course.set_exam(questions=asked, scoring="partial", pass_mark=66, review="after_hand_in")
    li = course.learner("李")
    attempt = course.start(li).json
    for question in attempt["questions"]:
        chosen = [each["id"] for each in question["options"] if each["text"] in "甲乙"]
        save(li, attempt, question, {"options": chosen})
    done = li.post(f"/exam-attempts/{attempt['id']}/submission").json
    assert (done["score"], done["passed"]) == (66.66, True)
    seen = li.get(f"/exam-attempts/{attempt['id']}").json["review"]
    assert [each["earned"] for each in seen] == [0.67, 0.67, 0.67]
    assert course.db.scalars(select(ExamAttempt)).one().earned == ["2/3", "2/3", "2/3"]
    mend(course, questions(course)[0], correct=[0, 1])
    assert result(course, "李") == (77.77, True)
    assert course.db.scalar(select(func.count()).select_from(Question)) == 3
