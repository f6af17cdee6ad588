"""An admin enrols somebody who is with them; another one decides on a face that looks like somebody else's."""

from playwright.sync_api import expect

from models.people import Role
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device
from tests.browser.films import face_film
from tests.browser.venue import Venue, take_photos_until


def open_in_person(device: Device, number: str) -> None:
    """Find somebody by their number, and have them agree to both consents on this device."""
    device.go("/faces/people")
    device.fill(find_person=number)
    expect(device.get("enrol-person")).to_have_count(1)
    device.press("enrol-person")
    expect(device.get("consent-go")).to_be_disabled()
    assert device.grave_findings() == []
    for box in ("is-them", "consent-box", "network-consent-box"):
        device.get(box).check()
    device.press("consent-go")


def test_somebody_is_enrolled_in_person_and_a_look_alike_is_decided_by_another_admin(
    venue: Venue, new_device: NewDevice
) -> None:
    course = venue.course
    first, second = venue.learner("王芳"), venue.learner("李敏")
    phone = new_device()
    phone.sign_in(course.make.staff(Role.UNIT_ADMIN, course.unit))
    venue.camera.show(face_film(*venue.faces[0].enrolled))
    open_in_person(phone, str(first.cme_number))
    venue.gives_back(first)
    take_photos_until(phone, phone.get("enrol-done", status="enrolled"))
    open_in_person(phone, str(second.cme_number))
    take_photos_until(phone, phone.get("error", code="face_belongs_to_another_account"))
    phone.press("to-cases")
    expect(phone.page.get_by_role("row").filter(has_text="李敏").first).to_be_visible()

    desk = new_device(size=DESK)
    desk.sign_in(course.make.staff(Role.UNIT_ADMIN, course.unit))
    desk.go("/faces")
    desk.page.get_by_role("row").filter(has_text="李敏").get_by_role("link").first.click()
    desk.sees("case-status", status="open")
    expect(desk.get("case-person").filter(has_text="王芳")).to_have_count(1)
    assert desk.grave_findings() == []
    expect(desk.get("reject")).to_be_disabled()  # a decision about a person has a reason
    desk.fill(reason="两份证件照是同一个人")
    desk.press("reject")
    desk.press("ask-go")
    desk.sees("case-status", status="rejected")
    expect(desk.get("decided")).to_contain_text("李敏")

    me = new_device()
    me.sign_in(second, "/privacy")
    expect(me.page.locator("main")).to_contain_text("两份证件照是同一个人")  # the person sees why
