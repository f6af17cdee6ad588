"""An exam on a phone: each answer is saved by itself, whatever happens to the network, the token or the phone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from playwright.sync_api import Locator, Route, expect

from models.people import Person
from tests.api import Api
from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import Device, Gate

ANSWERS = "**/answers/*"


@pytest.fixture
def person(course: Course) -> Person:
    """Somebody who may sit the exam of three questions."""
    course.set_exam({**exam_of(3)})
    course.learner("王芳")
    return course.people["王芳"]


def exam_of(count: int) -> dict[str, Any]:
    question = {"kind": "single", "options": ["甲", "乙", "丙", "丁"], "correct": [0], "points": 1}
    rules = {"pass_mark": 60, "minutes": 30, "attempts": 2, "pause_minutes": 0, "is_shuffled": False}
    return {**rules, "questions": [{**question, "text": f"第{number}题"} for number in range(count)]}


def begin(device: Device, course: Course, person: Person) -> None:
    device.sign_in(person)
    device.go(f"/projects/{course.id}/exam")
    device.press("exam-start")
    expect(device.get("exam-option")).to_have_count(4)


def option(device: Device, text: str) -> Locator:
    return device.page.get_by_role("radio", name=text)


def shows_saved(device: Device) -> None:
    expect(device.page.locator('[data-state="saved"]')).to_be_visible()


def saved(course: Course, person: Person) -> list[str]:
    """The chosen texts, in the order of the questions, as another client of the person reads them."""
    me: Api = course.api.as_(person)
    attempt = course.start(me).json
    chosen = {each["question_id"]: each["options"] for each in attempt["answers"]}
    return [
        option["text"]
        for question in attempt["questions"]
        for option in question["options"]
        if option["id"] in chosen.get(question["id"], [])
    ]


def test_an_exam_is_sat_and_handed_in(phone: Device, course: Course, person: Person) -> None:
    begin(phone, course, person)
    for number in range(3):
        option(phone, "甲").check()
        if number < 2:
            phone.press("exam-next")
    phone.press("hand-in")
    phone.press("hand-in-confirm")
    expect(phone.sees("exam-result")).to_have_attribute("data-passed", "true")


def test_of_quick_choices_the_last_one_is_saved(phone: Device, course: Course, person: Person) -> None:
    begin(phone, course, person)
    gate = Gate(phone, ANSWERS)
    with phone.page.expect_request(ANSWERS):
        option(phone, "甲").check()
    option(phone, "乙").check()
    option(phone, "丙").check()
    assert len(gate.waiting) == 1  # the second waits for the answer to the first
    gate.open()
    shows_saved(phone)
    assert saved(course, person) == ["丙"]


def test_a_token_that_runs_out_in_the_middle_costs_no_answer(phone: Device, course: Course, person: Person) -> None:
    begin(phone, course, person)
    option(phone, "甲").check()
    shows_saved(phone)
    phone.press("exam-next")
    over = expired(course, person)
    used = []

    def send(route: Route) -> None:
        used.append(route.request.headers["authorization"])
        late = {**route.request.headers, "authorization": f"Bearer {over}"}
        route.continue_(headers=late if len(used) == 1 else None)

    phone.page.route(ANSWERS, send)
    with phone.wait_for("POST", "/auth/refresh") as renewed:
        option(phone, "乙").check()
    assert renewed.value.status == 200
    shows_saved(phone)
    assert len(used) == 2
    assert saved(course, person) == ["甲", "乙"]
    expect(option(phone, "乙")).to_be_checked()


def test_a_phone_that_slept_for_an_hour_renews_its_token_first(phone: Device, course: Course, person: Person) -> None:
    phone.page.clock.install()
    begin(phone, course, person)
    phone.page.clock.fast_forward("20:00")
    with phone.wait_for("POST", "/auth/refresh") as renewed:
        option(phone, "乙").check()
    assert renewed.value.status == 200
    shows_saved(phone)
    assert saved(course, person) == ["乙"]


def test_an_exam_goes_on_at_another_device(new_device: NewDevice, course: Course, person: Person) -> None:
    phone, desk = new_device(), new_device(size=(1280, 800))
    begin(phone, course, person)
    option(phone, "丁").check()
    shows_saved(phone)
    begin(desk, course, person)  # at the first question without an answer
    desk.page.get_by_role("button", name="1", exact=False).first.click()
    expect(option(desk, "丁")).to_be_checked()
    option(desk, "丙").check()
    shows_saved(desk)
    assert saved(course, person) == ["丙"]


def test_answers_without_a_network_are_saved_when_it_is_back(phone: Device, course: Course, person: Person) -> None:
    begin(phone, course, person)
    phone.context.set_offline(True)
    option(phone, "乙").check()
    expect(phone.page.locator('[data-state="not_saved"]')).to_be_visible()
    phone.press("exam-next")
    option(phone, "丙").check()
    expect(phone.page.locator('[data-state="not_saved"]')).to_be_visible()
    assert saved(course, person) == []
    phone.context.set_offline(False)
    shows_saved(phone)
    phone.page.get_by_role("button", name="1", exact=False).first.click()
    shows_saved(phone)
    assert saved(course, person) == ["乙", "丙"]


def expired(course: Course, person: Person) -> str:
    """A token of the person that was good until an hour ago."""
    token = course.api.as_(person).token or ""
    past = datetime.now(UTC) - timedelta(hours=1)
    claims = jwt.decode(token, options={"verify_signature": False})
    claims |= {"iat": past - timedelta(minutes=15), "nbf": past - timedelta(minutes=15), "exp": past}
    return jwt.encode(claims, course.api.app.config["JWT_SECRET_KEY"], algorithm="HS256")
