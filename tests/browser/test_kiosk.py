"""A kiosk at the door: it reads personal codes, and a gap in the network loses nothing."""

import pytest
from playwright.sync_api import expect

from tests.api import Api
from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import Device
from tests.browser.films import Camera, code_film
from tests.service.running.running_service import until


@pytest.fixture
def kiosk(course: Course, new_device: NewDevice) -> Device:
    """A tablet that is paired with the session."""
    device = new_device(size=(800, 1100))
    made = course.staff.post(f"/sessions/{course.session.id}/kiosks", {})
    assert made.status_code == 201, made.json
    device.go("/kiosk")
    device.fill(pairing_code=made.json["pairing_code"], kiosk_name="门口一号")
    device.press("pair")
    device.sees("camera")
    return device


def hold(kiosk: Device, camera: Camera, who: Api) -> None:
    """Hold the code of somebody's phone before the kiosk."""
    show(kiosk, camera, who.get("/me/qr").json["codes"][0]["code"])


def show(kiosk: Device, camera: Camera, code: str) -> None:
    """Hold a code before the kiosk. It opens its camera anew, as the fake one asks for."""
    camera.show(code_film(code))
    kiosk.page.get_by_role("button", name="换摄像头").click()


def status_of(course: Course, name: str) -> list[str]:
    """What the record says of somebody."""
    found = course.staff.get(f"/sessions/{course.session.id}/attendance?q={course.people[name].cme_number}").json
    return [each["status"] for each in found["items"] if "method" in each]


def test_it_greets_who_is_expected_and_refuses_who_is_not(course: Course, camera: Camera, kiosk: Device) -> None:
    expected = course.learner("王芳", has_attended=False)
    hold(kiosk, camera, expected)
    expect(kiosk.sees("kiosk-result", status="present")).to_contain_text("王芳")
    assert status_of(course, "王芳") == ["present"]
    assert kiosk.grave_findings() == []
    assert kiosk.overflow() == 0


@pytest.mark.parametrize("is_offline", [False, True], ids=["network", "no network"])
def test_another_code_is_refused_and_never_kept(
    course: Course, camera: Camera, kiosk: Device, is_offline: bool
) -> None:
    kiosk.context.set_offline(is_offline)
    show(kiosk, camera, "https://example.test/no-code")
    expect(kiosk.sees("kiosk-result", status="refused")).to_contain_text("我的二维码")
    expect(kiosk.page.locator(".pill")).to_have_count(0)


def test_scans_of_a_gap_are_kept_over_a_reload_and_sent_once(course: Course, camera: Camera, kiosk: Device) -> None:
    people = {name: course.learner(name, has_attended=False) for name in ("赵一", "钱二")}
    kiosk.page.evaluate("() => navigator.serviceWorker.ready.then(() => null)")
    kiosk.context.set_offline(True)
    for count, (name, who) in enumerate(people.items(), start=1):
        hold(kiosk, camera, who)
        # Whoever still holds their phone there is no second scan.
        for _ in range(2):
            expect(kiosk.page.locator(".pill")).to_have_text(f"{count} 条还没有发送")
            kiosk.page.reload()
            kiosk.sees("kiosk-result", status="kept")
        assert status_of(course, name) == []
    kiosk.context.set_offline(False)
    kiosk.page.reload()
    expect(kiosk.page.locator(".pill")).to_have_count(0)
    both = [["present"], ["present"]]
    until(lambda: [status_of(course, name) for name in people] == both, "what was kept is sent")
