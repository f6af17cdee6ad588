"""A correction beside everything that grades: whichever comes first, the new key is what counts in the end."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests.api import Reply
from tests.attendance.courses import Course, exam, save
from tests.attendance.exams.mending_exams import mend, questions, result

ROUNDS = 4


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts at the same moment, in threads, and return what they return."""
    gate, found = threading.Barrier(len(acts), timeout=60), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        found[place] = acts[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    random.shuffle(threads)
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return found


def begun(course: Course, name: str, text: str) -> tuple[Any, dict[str, Any]]:
    """A learner with an open attempt of one question, and an answer saved."""
    who = course.learner(name)
    attempt = course.start(who).json
    question = attempt["questions"][0]
    chosen = [each["id"] for each in question["options"] if each["text"] == text]
    assert save(who, attempt, question, {"options": chosen}).status_code == 200
    return who, attempt


def test_a_hand_in_beside_a_correction_is_graded_by_the_new_key(course: Course) -> None:
    course.set_exam(exam(1))
    people = [begun(course, f"乙{number}", "乙") for number in range(ROUNDS)]
    (question,) = questions(course)
    for number, (who, attempt) in enumerate(people):
        right = 1 if number % 2 == 0 else 0
        corrected, handed_in = together(
            lambda right=right: mend(course, question, correct=[right]),
            lambda who=who, attempt=attempt: who.post(f"/exam-attempts/{attempt['id']}/submission"),
        )
        assert (corrected.status_code, handed_in.status_code) == (201, 200)
        score, _ = result(course, f"乙{number}")
        assert score == (100 if right == 1 else 0)


def test_a_begun_attempt_beside_a_correction_is_graded_by_the_new_key(course: Course) -> None:
    course.set_exam(exam(1, attempts=9))
    who, attempt = begun(course, "乙", "乙")
    who.post(f"/exam-attempts/{attempt['id']}/submission")
    (question,) = questions(course)
    for _ in range(ROUNDS):
        corrected, started = together(lambda: mend(course, question, correct=[1]), lambda: course.start(who))
        assert (corrected.status_code, started.status_code) == (201, 201)
        fresh = started.json
        chosen = [each["id"] for each in fresh["questions"][0]["options"] if each["text"] == "乙"]
        save(who, fresh, fresh["questions"][0], {"options": chosen})
        assert who.post(f"/exam-attempts/{fresh['id']}/submission").json["score"] == 100


def test_the_sweep_beside_a_correction_leaves_no_attempt_by_the_old_key(course: Course, settings: Settings) -> None:
    course.set_exam(exam(1))
    for number in range(ROUNDS):
        begun(course, f"乙{number}", "乙")
    (question,) = questions(course)
    course.clock.turn(minutes=31)
    corrected, _ = together(
        lambda: mend(course, question, correct=[1]), lambda: sweep(settings, now=course.clock.now())
    )
    assert corrected.status_code == 201
    sweep(settings, now=course.clock.now() + timedelta(minutes=1))
    assert [result(course, f"乙{number}") for number in range(ROUNDS)] == [(100, True)] * ROUNDS


def test_two_corrections_at_once_leave_all_papers_by_one_key(course: Course) -> None:
    course.set_exam(exam(1))
    for name in "甲乙":
        who, attempt = begun(course, name, name)
        who.post(f"/exam-attempts/{attempt['id']}/submission")
    (question,) = questions(course)
    replies: list[Reply] = together(
        lambda: mend(course, question, correct=[0]), lambda: mend(course, question, correct=[1])
    )
    assert [each.status_code for each in replies] == [201, 201]
    listed = course.staff.get(f"/projects/{course.id}/exam/corrections").json["items"]
    (current,) = [each for each in listed if each["is_current"]]
    assert [result(course, name)[0] for name in "甲乙"] == ([100, 0] if current["correct"] == [0] else [0, 100])
