"""The screen of the venue: a code that phones can read, and that stays right whatever happens to the machine."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, expect

from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device
from tests.browser.seeing import code_on, has_quiet_zone
from tests.service.running.running_service import until


@pytest.fixture
def screen(course: Course, new_device: NewDevice) -> Device:
    """The screen of a session, on the wall."""
    return opened(course, new_device(size=DESK))


def opened(course: Course, device: Device) -> Device:
    """Open a new screen of the session."""
    made = course.staff.post(f"/sessions/{course.session.id}/screens")
    assert made.status_code == 201, made.json
    device.go(f"/screen/{made.json['token']}")
    expect(code_of(device)).to_be_visible()
    return device


def code_of(device: Device) -> Locator:
    return device.page.locator("svg.qr")


def shown_code(device: Device) -> str:
    return code_on(device.page.screenshot())


def is_taken(course: Course, code: str) -> bool:
    """Have a new learner scan a code, and return whether the service takes it: then it asks for a face."""
    learner = course.learner(f"学员{len(course.people)}", has_attended=False)
    return bool(learner.post("/check-in-tickets", {"qr": code}).json["code"] == "face_not_enrolled")


def test_a_phone_reads_the_code_and_the_seconds_count_down(course: Course, screen: Device) -> None:
    assert is_taken(course, shown_code(screen))
    timer = screen.page.get_by_role("timer")
    first = seconds_in(timer)
    assert 0 <= first <= 15
    expect(timer).not_to_contain_text(f"{first} ")
    typed = str(screen.page.locator(".typed").inner_text()).split("：")[-1]
    assert re.fullmatch(r"[0-9a-z]+ [0-9a-z]+", typed)
    assert screen.grave_findings() == []
    assert screen.overflow() == 0


def seconds_in(timer: Locator) -> int:
    return int(re.findall(r"\d+", timer.inner_text())[0])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_code_has_white_around_it_in_each_scheme_and_with_high_contrast(
    course: Course, new_device: NewDevice, scheme: str
) -> None:
    screen = opened(course, new_device(size=DESK, color_scheme=scheme))
    for name in ("light or dark", "high contrast"):
        viewbox = code_of(screen).get_attribute("viewBox") or ""
        modules = int(viewbox.split()[2]) - 8
        assert has_quiet_zone(code_of(screen).screenshot(), modules), name
        assert screen.grave_findings() == []
        screen.page.get_by_role("button", name="高对比度").click()


def test_it_stays_right_for_a_minute_without_a_network_and_then_says_so(course: Course, new_device: NewDevice) -> None:
    device = new_device(size=DESK)
    device.page.clock.install()
    opened(course, device)
    device.context.set_offline(True)
    before = shown_code(device)
    device.page.clock.run_for(45_000)  # the page's time alone: the service's goes on as it was
    later = shown_code(device)
    assert later not in ("", before)
    expect(device.page.get_by_role("alert")).to_contain_text("仍然有效")
    device.page.clock.run_for(60_000)
    expect(code_of(device)).to_have_count(0)  # a code that is over is worse than none
    expect(device.page.get_by_role("alert")).to_contain_text("已过期")
    device.context.set_offline(False)
    device.page.clock.run_for(6_000)
    expect(code_of(device)).to_be_visible()  # by the service's time, from which the page's is off by two minutes
    # The page's time was moved while it asked: until it asks again, it may be some seconds ahead.
    until(lambda: is_taken(course, shown_code(device)), "the code of now is shown")


def test_after_the_machine_slept_it_shows_the_code_of_now(course: Course, new_device: NewDevice) -> None:
    device = new_device(size=DESK)
    device.page.clock.install()
    opened(course, device)
    device.page.clock.fast_forward("02:00:00")
    device.page.clock.run_for(1_000)
    expect(code_of(device)).to_be_visible()
    assert is_taken(course, shown_code(device))


def test_a_session_that_moves_or_is_cancelled_shows_so_on_the_open_screen(course: Course, screen: Device) -> None:
    place = screen.page.locator(".place")
    starts = course.session.starts_at + timedelta(minutes=5)
    moved = course.staff.patch(
        f"/sessions/{course.session.id}",
        {"venue": "报告厅", "starts_at": starts.isoformat(), "ends_at": course.session.ends_at.isoformat()},
    )
    assert moved.status_code == 200, moved.json
    expect(place).to_contain_text("报告厅")
    cancelled = course.staff.post(f"/sessions/{course.session.id}/cancellation", {"reason": "讲者航班取消"})
    assert cancelled.status_code == 200, cancelled.json
    expect(screen.page.locator("main")).to_contain_text("讲者航班取消")
    expect(code_of(screen)).to_have_count(0)


def test_a_screen_that_was_ended_says_so(course: Course, screen: Device) -> None:
    (made,) = course.staff.get(f"/sessions/{course.session.id}/screens").json["items"]
    assert course.staff.delete(f"/screens/{made['id']}").status_code == 204
    expect(screen.page.get_by_role("status")).to_contain_text("重新打开")
    expect(code_of(screen)).to_have_count(0)
