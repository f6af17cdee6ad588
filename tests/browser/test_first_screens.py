"""The client opens, in a browser, on the service that runs."""

from playwright.sync_api import expect

from tests.attendance.courses import Course
from tests.browser.devices import Device


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
