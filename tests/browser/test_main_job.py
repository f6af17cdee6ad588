"""The main job on a phone: enrol a face, scan the code, show the face; and somebody else's face."""

from playwright.sync_api import expect

from tests.browser.devices import Device
from tests.browser.films import face_film
from tests.browser.venue import Venue, take_photos_until


def test_a_face_is_enrolled_then_the_code_is_scanned_and_the_face_is_present(phone: Device, venue: Venue) -> None:
    me = venue.learner("王芳")
    phone.sign_in(me)

    venue.camera.show(face_film(*venue.faces[0].enrolled))
    phone.go("/enrol")
    phone.get("consent-box").check()
    expect(phone.get("consent-go")).to_be_disabled()  # two consents are needed, and no camera opens before
    expect(phone.get("camera")).to_have_count(0)
    phone.get("network-consent-box").check()
    phone.press("consent-go")
    venue.gives_back(me)
    take_photos_until(phone, phone.get("enrol-done", status="enrolled"))

    phone.go("/")
    venue.show_code()
    venue.then_shows(phone, face_film(venue.faces[0].at_the_door))
    phone.press("scan-button")
    take_photos_until(phone, phone.get("check-in-result", status="present"))
    phone.page.get_by_role("link", name="回首页").click()
    phone.sees("today", session=str(venue.course.session.id), state="checked-in")
    assert venue.checked_in() == [("王芳", "present")]


def test_somebody_elses_face_is_refused_and_checks_nobody_in(phone: Device, venue: Venue) -> None:
    phone.sign_in(venue.learner("李敏", venue.faces[0]))
    venue.show_code()
    venue.then_shows(phone, face_film(venue.faces[1].at_the_door))
    phone.go("/scan")
    take_photos_until(phone, phone.get("error", code="face_mismatch"))
    assert venue.checked_in() == []
    expect(phone.get("take-photo")).to_be_enabled()  # the right face may still come
