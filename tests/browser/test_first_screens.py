"""The client opens, in a browser, on the service that runs."""

import re

import pytest
from playwright.sync_api import expect

from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import Device
from tests.browser.served import Served


def test_the_first_screen_offers_to_scan_and_to_sign_in(phone: Device) -> None:
    phone.go("/")
    phone.sees("scan-button")
    assert phone.grave_findings() == []
    assert phone.overflow() == 0


def test_somebody_who_is_signed_in_sees_todays_session(phone: Device, course: Course) -> None:
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"])
    expect(phone.page.locator("h1")).to_contain_text("王芳")
    phone.sees("today", session=str(course.session.id), state="open")


@pytest.mark.manual("M-2.1", "M-6.1")
def test_the_sign_in_page_names_the_system(phone: Device, served: Served) -> None:
    phone.go("/sign-in")
    named = served.settings
    expect(phone.page.locator("header").first).to_contain_text(named.app_short_name)
    expect(phone.page).to_have_title(re.compile(re.escape(named.app_short_name)))
    manifest = phone.page.request.get("/app.webmanifest").json()
    assert (manifest["name"], manifest["short_name"]) == (named.app_name, named.app_short_name)


@pytest.mark.manual("M-1.1")
def test_a_browser_that_opens_nothing_tells_which_ones_do(new_device: NewDevice) -> None:
    old = new_device(java_script_enabled=False)
    old.page.goto("/")
    hint = old.page.locator("main")
    expect(hint.get_by_text("还没有打开？")).to_be_visible()  # some seconds later: most phones open it sooner
    assert "360 极速浏览器（极速模式）" in hint.inner_text()


@pytest.mark.manual("M-9.5")
def test_where_attendance_is_taken_leads_to_the_scan(phone: Device, course: Course) -> None:
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"], "/where")
    expect(phone.page.locator("h1")).to_have_text("考勤登记")
    phone.page.locator("main a[href='/scan']").first.click()
    phone.page.wait_for_url("**/scan")
    phone.sees("camera")
    assert phone.page.url.endswith("/scan")
