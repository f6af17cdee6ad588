"""The organizer's evening: who comes, who is refused and why, who is added by hand, and the list that is confirmed."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from foundation.clock import day_at_home
from models.people import Role
from models.projects import ProjectStatus
from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device
from tests.service.running.running_service import until

REASON = "本人到场，已核对证件"


@pytest.fixture
def room(course: Course, new_device: NewDevice) -> Device:
    """The organizer's desk, with the session open on it."""
    for name in ("王芳", "李娜", "张伟"):
        course.learner(name, has_attended=False)
    desk = new_device(size=DESK)
    desk.sign_in(course.organizer)
    desk.go(f"/room/{course.session.id}")
    expect(desk.get("number-expected")).to_have_text("3")
    return desk


def test_the_board_fills_while_people_check_in(course: Course, room: Device) -> None:
    expect(room.get("number-came")).to_have_text("0")
    expect(people(room)).to_contain_text("王芳")
    course.attend("王芳")
    expect(room.get("number-came")).to_have_text("1")
    expect(people(room)).not_to_contain_text("王芳")
    room.press("list-here")
    expect(people(room)).to_contain_text("王芳")
    assert room.grave_findings() == []
    assert room.overflow() == 0


def people(room: Device) -> Locator:
    """What the room lists."""
    return room.page.locator("main")


def test_a_learner_who_was_refused_is_shown_with_the_reason(course: Course, room: Device) -> None:
    refused = course.api.as_(course.people["李娜"]).post(
        "/check-in-tickets", {"qr": course.staff.get(f"/sessions/{course.session.id}/qr").json["url"]}
    )
    assert refused.json["code"] == "face_not_enrolled"
    room.press("list-refused")
    expect(people(room)).to_contain_text("李娜")
    expect(people(room)).to_contain_text(refused.json["title"])


def test_one_reason_ticks_those_who_were_found_and_who_stands_at_the_door_is_added(
    course: Course, room: Device
) -> None:
    room.fill(search="wangfang")
    expect(people(room)).not_to_contain_text("李娜")
    room.page.get_by_role("checkbox", name="王芳").check()
    expect(room.get("tick")).to_be_disabled()  # nothing is written without a reason
    listed = room.page.locator("section", has=room.get("list-missing"))
    listed.locator("[data-test=reason]").fill(REASON)
    room.press("tick")
    expect(room.get("number-came")).to_have_text("1")
    stranger = course.make.person(unit=course.unit, name="周敏")
    room.page.locator("summary", has_text="名单外").click()
    room.fill(walk_in_number=str(stranger.cme_number))
    form = room.page.locator("form", has=room.get("walk-in-number"))
    form.get_by_role("button").click()
    expect(room.get("number-came")).to_have_text("2")
    expect(room.get("number-expected")).to_have_text("4")
    room.fill(search="")
    room.press("list-here")
    expect(people(room)).to_contain_text("周敏")


def test_the_day_is_that_of_the_province_though_the_device_is_set_to_another_zone(
    course: Course, new_device: NewDevice
) -> None:
    now = course.make.session(course.project, starts_at=course.clock.now(), zone="Asia/Shanghai")
    for zone in ("America/Los_Angeles", "Pacific/Kiritimati"):
        desk = new_device(size=DESK, timezone_id=zone)
        desk.sign_in(course.organizer, "/room")
        expect(desk.page.locator(f'a[href="/room/{now.id}"]')).to_be_visible()


def test_the_list_is_confirmed_after_a_look_at_who_gets_credits_and_who_does_not(course: Course, room: Device) -> None:
    course.attend("王芳")
    course.project.status, course.project.ends_on = ProjectStatus.ENDED, day_at_home(course.clock.now())
    course.db.commit()
    room.page.reload()
    room.page.locator("summary", has_text="确认学分名单").click()
    confirm = room.sees("confirm-list")
    expect(people(room)).to_contain_text("将授予 1 人学分，2 人不授予")
    assert room.grave_findings() == []
    confirm.click()
    expect(people(room)).to_contain_text("已提交")
    (made,) = course.staff.get(f"/projects/{course.id}/settlements").json["items"]
    assert (made["status"], made["to_grant"]) == ("in_review", 1)


def test_the_authority_returns_a_list_then_approves_it_and_the_credits_are_settled(
    course: Course, new_device: NewDevice
) -> None:
    course.learner("王芳")
    course.project.status, course.project.ends_on = ProjectStatus.ENDED, day_at_home(course.clock.now())
    course.db.commit()
    _confirm(course)
    desk = new_device(size=DESK)
    desk.sign_in(course.make.staff(Role.AUTHORITY, course.make.province))
    desk.go("/room/settlements")
    desk.page.locator("[data-test=settlement]", has_text=course.project.name).click()
    expect(desk.page.get_by_role("row").filter(has_text="王芳")).to_have_count(1)
    assert desk.grave_findings() == []
    desk.fill(opinion="请补上签到说明")
    desk.press("return")
    desk.press("ask-go")
    expect(desk.get("reviewed")).to_contain_text("退回")
    _confirm(course)
    desk.go("/room/settlements")
    desk.page.locator("[data-test=settlement]", has_text=course.project.name).first.click()
    desk.press("approve")
    desk.press("ask-go")
    expect(desk.get("reviewed")).to_contain_text("批准")
    until(lambda: _newest(course)["status"] == "settled", "the credits are in the ledger")


def _confirm(course: Course) -> None:
    confirmed = course.staff.post(f"/projects/{course.id}/settlement", {"cut_off": True, "reason": "名单已核对"})
    assert (confirmed.status_code, confirmed.json["to_grant"]) == (202, 1)


def _newest(course: Course) -> dict[str, Any]:
    made: list[dict[str, Any]] = course.staff.get(f"/projects/{course.id}/settlements").json["items"]
    return max(made, key=lambda each: str(each["confirmed_at"]))


def test_a_dead_network_ends_no_sign_in_and_the_board_goes_on_after_it(course: Course, room: Device) -> None:
    room.context.set_offline(True)
    course.attend("王芳")
    expect(room.page.get_by_role("status").filter(has_text="没有网络")).to_be_visible()
    room.context.set_offline(False)
    expect(room.get("number-came")).to_have_text("1")
    assert "/room/" in room.page.url
