"""What a screen reader meets: a title and a heading for each page, the focus on it, and a way past what repeats."""

import itertools

import pytest
from playwright.sync_api import Locator, expect

from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device


@pytest.fixture
def desk(course: Course, new_device: NewDevice) -> Device:
    """A learner who works with the keyboard."""
    course.learner("王芳", has_attended=False)
    device = new_device(size=DESK)
    device.sign_in(course.people["王芳"])
    return device


def heading(device: Device) -> Locator:
    return device.page.locator("h1")


def test_a_change_of_the_page_moves_the_focus_to_its_heading_and_names_the_window(desk: Device) -> None:
    expect(desk.page).to_have_title("继续医学教育")
    expect(heading(desk)).not_to_be_focused()  # the first page keeps what the browser chose
    for path, name in (("/history", "考勤记录"), ("/more", "更多")):
        desk.page.locator(f'nav a[href="{path}"]').focus()
        desk.page.keyboard.press("Enter")
        expect(heading(desk)).to_have_text(name)
        expect(heading(desk)).to_be_focused()
        expect(desk.page).to_have_title(f"{name} · 继续医学教育")
    desk.press("language")
    expect(desk.page).to_have_title("More · CME")
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")


def test_the_first_step_of_the_keyboard_leads_past_what_repeats(desk: Device) -> None:
    desk.page.keyboard.press("Tab")
    skip = desk.page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("main")).to_be_focused()
    desk.page.keyboard.press("Tab")
    expect(desk.get("scan-button")).to_be_focused()


def test_a_fault_is_read_out_at_once_and_the_focus_stays_where_it_was(phone: Device) -> None:
    phone.go("/sign-in")
    phone.fill(cme_number="3399999999", password="no-such-one")
    phone.get("sign-in").focus()
    phone.page.keyboard.press("Enter")
    expect(phone.page.get_by_role("alert")).to_contain_text("不正确")
    expect(phone.get("cme-number")).to_have_value("3399999999")


def test_levels_of_headings_are_not_skipped(desk: Device) -> None:
    for path in (
        "/",
        "/history",
        "/credits",
        "/compliance",
        "/certificates",
        "/claims",
        "/privacy",
        "/profile",
        "/more",
    ):
        desk.go(path)
        desk.page.wait_for_load_state("networkidle")
        levels = desk.page.evaluate(
            "() => [...document.querySelectorAll('h1,h2,h3,h4')].map((each) => +each.tagName[1])"
        )
        assert levels[0] == 1, path
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (path, levels)
