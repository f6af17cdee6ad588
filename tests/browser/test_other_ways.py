"""Checking in where the browser has no camera, no WebAssembly, or the phone's own scanner opened the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.films import code_picture, face_film
from tests.browser.venue import Venue, take_photos_until
from tests.factories import PASSWORD

REFUSED = """(navigator.mediaDevices ?? {}).getUserMedia =
    () => Promise.reject(new DOMException("refused", "NotAllowedError"))"""
WEB_VIEW = """Object.defineProperty(Navigator.prototype, "mediaDevices", {get: () => undefined})"""
DARK = """(navigator.mediaDevices ?? {}).getUserMedia = () => new Promise(() => {})"""
NO_WASM = """Object.defineProperty(window, "WebAssembly", {value: undefined})"""


@pytest.mark.parametrize(
    ("script", "code"), [(REFUSED, "camera_refused"), (WEB_VIEW, "camera_missing"), (DARK, "camera_slow")]
)
def test_without_a_live_camera_two_pictures_check_in(
    new_device: NewDevice, venue: Venue, script: str, code: str
) -> None:
    phone = new_device(script=script)
    phone.sign_in(venue.learner("王芳", venue.faces[0]))
    phone.go("/scan")
    phone.sees("error", code=code)
    phone.sees("pick-file")
    picture = {"name": "code.png", "mimeType": "image/png", "buffer": code_picture(venue.code())}
    phone.page.set_input_files("input[type=file]", picture)
    phone.page.wait_for_url("**/check-in")
    phone.sees("error", code=code)
    face = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": venue.faces[0].at_the_door}
    phone.page.set_input_files("input[type=file]", face)
    phone.sees("check-in-result", status="present")
    assert venue.checked_in() == [("王芳", "present")]


def test_a_picture_without_a_code_and_somebody_elses_code_are_told_as_such(new_device: NewDevice, venue: Venue) -> None:
    phone = new_device(script=WEB_VIEW)
    phone.sign_in(venue.learner("王芳", venue.faces[0]))
    phone.go("/scan")
    face = {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": venue.faces[0].at_the_door}
    phone.page.set_input_files("input[type=file]", face)
    phone.sees("error", code="no_code")
    foreign = {"name": "code.png", "mimeType": "image/png", "buffer": code_picture("https://shop.example/pay?id=7")}
    phone.page.set_input_files("input[type=file]", foreign)
    phone.sees("error", code="qr_invalid")
    broken = {"name": "code.png", "mimeType": "image/png", "buffer": b"no picture at all"}
    phone.page.set_input_files("input[type=file]", broken)
    phone.sees("error", code="no_code")
    expect(phone.page.locator("input[type=file]")).to_be_enabled()


def test_without_webassembly_the_code_is_typed(new_device: NewDevice, venue: Venue) -> None:
    phone = new_device(script=NO_WASM)
    phone.sign_in(venue.learner("王芳", venue.faces[0]))
    phone.go("/scan")
    expect(phone.sees("error", code="reader_missing")).to_contain_text("微信")
    phone.press("language")
    expect(phone.sees("error", code="reader_missing")).to_contain_text("WeChat")
    short_code, shown = venue.code().rpartition("/s/")[2].split("?c=")
    phone.fill(typed_code=f"  {short_code.upper()} {shown.upper()} ")
    venue.then_shows(phone, face_film(venue.faces[0].at_the_door))
    phone.get("typed-code").press("Enter")
    take_photos_until(phone, phone.get("check-in-result", status="present"))


def test_the_phones_own_scanner_leads_through_the_sign_in_to_the_face(new_device: NewDevice, venue: Venue) -> None:
    phone = new_device(script=NO_WASM)
    person = venue.learner("王芳", venue.faces[0])
    venue.camera.show(face_film(venue.faces[0].at_the_door))
    phone.go(venue.code())
    phone.press("go-on")
    phone.fill(cme_number=person.cme_number, password=PASSWORD)
    phone.press("sign-in")
    take_photos_until(phone, phone.get("check-in-result", status="present"))
    assert venue.checked_in() == [("王芳", "present")]
