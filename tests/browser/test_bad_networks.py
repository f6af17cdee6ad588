"""What people see when the network is slow, gone, somebody else's, or fails in the middle; what they typed stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from playwright.sync_api import Route, expect

from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import DESK, Device

_WIFI = "<!doctype html><h1>Welcome to the hotel</h1>"
_REJECTED = r"ERR_FAILED|ERR_CONNECTION_FAILED|FetchEvent"


@contextmanager
def without_network(device: Device) -> Iterator[None]:
    """Take the network away for a while."""
    device.context.set_offline(True)
    yield
    device.context.set_offline(False)


def keep_pages(device: Device) -> None:
    """Wait until the service worker has kept the app, and answers for this page."""
    device.page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
    device.page.reload()


def test_a_page_whose_file_does_not_come_leaves_the_one_before_as_it_is(phone: Device) -> None:
    phone.allow(_REJECTED)
    phone.go("/sign-in")
    phone.fill(cme_number="3300001")
    with without_network(phone):
        phone.page.locator('a[href="/forgotten"]').click()
        phone.sees("error", code="not_loaded")
        expect(phone.get("cme-number")).to_have_value("3300001")
        phone.press("load-again")
        phone.sees("error", code="not_loaded")
    phone.press("load-again")
    expect(phone.get("cme-number")).to_be_hidden()
    expect(phone.page).to_have_url(f"{phone.base_url}/forgotten")
    expect(phone.page.locator("h1")).to_be_visible()


def test_a_page_of_a_build_that_is_gone_is_opened_in_the_new_build(new_device: NewDevice) -> None:
    phone = new_device(service_workers="block")
    phone.allow("404")
    phone.go("/sign-in")
    phone.page.route("**/assets/ForgottenPage-*.js", lambda route: route.fulfill(status=404, body=""), times=1)
    phone.page.locator('a[href="/forgotten"]').click()
    expect(phone.page).to_have_url(f"{phone.base_url}/forgotten")
    expect(phone.page.locator("h1")).to_be_visible()
    expect(phone.get("error")).to_have_count(0)


def test_a_page_whose_files_never_come_says_so_and_does_not_load_for_ever(new_device: NewDevice) -> None:
    phone = new_device(service_workers="block")
    phone.allow("404")
    loads: list[str] = []
    phone.page.on("load", lambda page: loads.append(page.url))
    phone.page.route("**/assets/ForgottenPage-*.js", lambda route: route.fulfill(status=404, body=""))
    phone.go("/forgotten")
    phone.sees("error", code="not_loaded")
    expect(phone.page.locator("h1")).to_have_count(1)
    with phone.page.expect_event("load"):  # the page before says the same
        phone.press("load-again")
    phone.sees("error", code="not_loaded")
    assert len(loads) == 2


def test_a_page_that_was_seen_opens_without_a_network(phone: Device, course: Course) -> None:
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"])
    keep_pages(phone)
    phone.go("/history")
    with without_network(phone):
        phone.page.reload()
        expect(phone.page.locator("h1")).to_be_visible()
        phone.sees("error", code="offline")
        phone.page.goto("/check-in")
        phone.sees("error", code="offline")
    phone.go("/history")
    expect(phone.get("error")).to_have_count(0)


def test_the_page_of_somebody_elses_network_is_told_as_such(phone: Device, course: Course) -> None:
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"])
    for status, code in ((200, "not_the_server"), (403, "not_the_server"), (503, "server_away")):
        phone.allow(f"answer {status}")
        phone.page.route("**/api/v1/me/home", partial(_answer, status))
        phone.page.reload()
        phone.sees("error", code=code)
        phone.page.unroute("**/api/v1/me/home")
        phone.get("error").locator("button").click()
        phone.sees("today", session=str(course.session.id))


def _answer(status: int, route: Route) -> None:
    route.fulfill(status=status, content_type="text/html; charset=utf-8", body=_WIFI)


def test_a_slow_answer_is_told_and_can_be_given_up(phone: Device, course: Course) -> None:
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"])
    held: list[Route] = []
    phone.page.clock.install()
    phone.page.route("**/api/v1/me/home", lambda route: held.append(route))
    phone.page.reload()
    phone.sees("scan-button")
    expect(phone.get("stop-waiting")).to_have_count(0)
    expect(phone.page.locator("h1")).to_contain_text("王芳")
    phone.page.clock.fast_forward(9000)
    phone.press("stop-waiting")
    phone.sees("error", code="stopped")
    phone.page.unroute("**/api/v1/me/home")
    phone.get("error").locator("button").click()
    phone.sees("today", session=str(course.session.id))


def test_what_the_server_did_though_its_answer_was_lost_is_done_once(new_device: NewDevice, course: Course) -> None:
    desk = new_device(size=DESK, service_workers="block")
    desk.sign_in(course.organizer)
    desk.go(f"/room/{course.session.id}")
    path, lost = f"/sessions/{course.session.id}", "**/extension"
    closes = course.staff.get(path).json["windows"]["in_closes_at"]

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.allow(_REJECTED)
    desk.page.route(lost, lose)
    extend = desk.get("extend")
    extend.click()
    desk.sees("error", code="offline")
    once = course.staff.get(path).json["windows"]["in_closes_at"]
    assert once > closes
    desk.page.unroute(lost)
    with desk.wait_for("POST", f"{path}/extension"):
        extend.click()
    expect(desk.get("error")).to_have_count(0)
    assert course.staff.get(path).json["windows"]["in_closes_at"] == once
    with desk.wait_for("POST", f"{path}/extension"):
        extend.click()
    assert course.staff.get(path).json["windows"]["in_closes_at"] > once  # a press after an answer is another one
