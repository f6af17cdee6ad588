"""The network goes while the face is sent: nothing is called taken before the server says so, and nothing is lost."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.devices import Device
from tests.browser.films import face_film
from tests.browser.venue import Venue, take_photos_until

CHECK_INS = "**/api/v1/check-ins"


def test_an_enrolment_whose_answer_was_lost_is_sent_again_as_it_was(phone: Device, venue: Venue) -> None:
    me = venue.learner("王芳")
    phone.sign_in(me)
    phone.allow("ERR_FAILED")
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    phone.context.route("**/api/v1/me/face", lambda route: lose(route) if is_sent(route) else route.continue_())
    venue.camera.show(face_film(*venue.faces[0].enrolled))
    phone.go("/enrol")
    for box in ("consent-box", "network-consent-box"):
        phone.get(box).check()
    phone.press("consent-go")
    venue.gives_back(me)
    take_photos_until(phone, phone.get("error", code="offline"))
    phone.press("take-photo")
    phone.sees("enrol-done", status="enrolled")
    assert (len(keys), len(set(keys))) == (2, 1)


def is_sent(route: Route) -> bool:
    return route.request.method == "POST"


def lose_the_network(phone: Device) -> list[str]:
    """Have the network go when a photo is sent first; return the keys of all requests, a list that grows."""
    keys: list[str] = []

    def send(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            phone.context.set_offline(True)
            route.abort("internetdisconnected")
        else:
            route.continue_()

    phone.context.route(CHECK_INS, send)
    return keys


def wait_with_a_photo(phone: Device, venue: Venue) -> list[str]:
    phone.sign_in(venue.learner("王芳", venue.faces[0]))
    keys = lose_the_network(phone)
    venue.show_code()
    venue.then_shows(phone, face_film(venue.faces[0].at_the_door))
    phone.press("scan-button")
    take_photos_until(phone, phone.get("check-in-result", status="waiting"))
    assert venue.checked_in() == []
    return keys


def test_a_kept_photo_is_sent_once_when_the_network_is_back(phone: Device, venue: Venue) -> None:
    keys = wait_with_a_photo(phone, venue)
    phone.context.set_offline(False)
    phone.sees("check-in-result", status="present")
    assert venue.checked_in() == [("王芳", "present")]
    assert len(set(keys)) == 1


def test_a_kept_photo_outlives_its_page(phone: Device, venue: Venue) -> None:
    keys = wait_with_a_photo(phone, venue)
    phone.page.close()
    phone.context.set_offline(False)
    phone.page = phone.context.new_page()
    phone.page.set_default_timeout(30_000)
    with phone.wait_for("POST", "/check-ins") as answered:
        phone.page.goto("/")
    assert answered.value.status == 201
    phone.go("/")
    phone.sees("today", session=str(venue.course.session.id), state="checked-in")
    assert len(set(keys)) == 1


def test_an_answer_that_was_lost_makes_no_second_check_in(phone: Device, venue: Venue) -> None:
    phone.sign_in(venue.learner("王芳", venue.faces[0]))
    keys: list[str] = []

    def lose_the_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        assert route.fetch().status == 201  # the server has it
        route.abort("connectionreset")

    phone.allow("ERR_CONNECTION_RESET")
    phone.context.route(CHECK_INS, lose_the_answer)
    venue.show_code()
    venue.then_shows(phone, face_film(venue.faces[0].at_the_door))
    phone.press("scan-button")
    take_photos_until(phone, phone.get("check-in-result", status="present"))
    assert venue.checked_in() == [("王芳", "present")]
    assert len(set(keys)) == 1
    assert len(keys) == 2


@pytest.mark.parametrize("path", ["/", "/history"])
def test_a_page_that_was_seen_opens_without_a_network_and_ends_no_sign_in(
    phone: Device, venue: Venue, path: str
) -> None:
    phone.sign_in(venue.learner("王芳"))
    phone.go(path)
    phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    phone.page.reload()  # now the service worker has what this page is made of
    expect(phone.page.locator("h1")).to_be_visible()
    phone.context.set_offline(True)
    phone.page.reload()
    expect(phone.page.locator("h1")).to_be_visible()
    phone.context.set_offline(False)
    phone.page.reload()
    expect(phone.page.locator("nav.tabs")).to_be_visible()  # still signed in
