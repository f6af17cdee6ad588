"""The two pages of the demo for those who try it out."""

from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device

_REFUSES = """if (navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));"""


def test_the_phone_in_hand_is_tested_and_the_report_says_nothing_of_the_person(phone: Device) -> None:
    phone.go("/dev/phone")
    phone.press("start-tests")
    report = phone.sees("report")
    for name in ("front", "back", "wasm", "decode", "storage", "sealing", "worker"):
        expect(phone.get("phone-test", tried=name, verdict="good")).to_have_count(1)
    expect(phone.get("phone-test", tried="cookies", verdict="skipped")).to_have_count(1)
    assert "decode: good" in report.input_value()
    assert phone.grave_findings() == []
    assert phone.overflow() == 0


def test_a_phone_that_refuses_its_camera_reads_what_to_do(new_device: NewDevice) -> None:
    phone = new_device(script=_REFUSES)
    phone.go("/dev/phone")
    phone.press("start-tests")
    refused = phone.get("phone-test", tried="back", verdict="bad")
    expect(refused).to_contain_text("camera_refused")
    expect(refused).to_contain_text("怎么办")
    phone.sees("report")


def test_all_components_pass_axe_in_both_schemes_side_by_side(new_device: NewDevice) -> None:
    desk = new_device(size=DESK)
    desk.go("/dev/components")
    expect(desk.get("scheme-dark").locator("button").first).to_be_visible()
    assert desk.grave_findings() == []
    assert desk.overflow() == 0
    dark = desk.get("scheme-dark").evaluate("each => getComputedStyle(each).backgroundColor")
    assert dark != desk.get("scheme-light").evaluate("each => getComputedStyle(each).backgroundColor")
