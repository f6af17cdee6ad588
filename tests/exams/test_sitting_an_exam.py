"""From the first question to the score: what the server draws, keeps, times and grades."""

from tests.exams.conftest import Course, answer, exam


def test_a_learner_sits_an_exam_and_passes(course: Course) -> None:
    assert course.set_exam().status_code == 200
    li = course.learner("li")
    begun = course.start(li)
    assert begun.status_code == 201
    assert b"correct" not in begun.data
    for question in begun.json["questions"]:
        assert answer(li, begun.json, question, is_right=True).status_code == 200
    done = [li.post(f"/exam-attempts/{begun.json['id']}/submission") for _ in range(2)]
    assert [each.status_code for each in done] == [200, 200]
    assert done[0].json == done[1].json
    assert (done[0].json["score"], done[0].json["passed"], done[0].json["hand_in"]) == (100.0, True, "learner")


def test_the_score_is_in_per_cent_and_the_mark_itself_passes(course: Course) -> None:
    course.set_exam(exam(3, pass_mark=66))
    assert [course.sit(course.learner(f"li{right}"), right)["score"] for right in range(4)] == [0, 33.33, 66.66, 100]
    for right, has_passed in ((1, False), (2, True)):
        mine = course.api.as_(course.people[f"li{right}"]).get(f"{course.path}/exam").json["mine"]
        assert [each["passed"] for each in mine] == [has_passed]
