"""What the page says about the camera's picture before a photo is sent."""

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from playwright.sync_api import Request, expect

from faces.model_files.human_models import are_here
from faces.photos.photo import Pixels
from tests.attendance.courses import Course
from tests.browser.conftest import NewDevice
from tests.browser.devices import Device
from tests.browser.films import Camera, face_film, film
from tests.journeys.main_job import photos_of_two

NO_WASM = "delete window.WebAssembly"
found_by_the_network = pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch the network")


@pytest.fixture
def face() -> Pixels:
    """The camera's frame of somebody who holds the phone right."""
    (photo, *_), _ = photos_of_two()
    frame = cv2.imdecode(np.frombuffer(face_film(photo), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(frame[:, :, ::-1], np.uint8)


def shrunk(face: Pixels, columns: int) -> Pixels:
    """The middle of the frame, smaller."""
    left = (face.shape[1] - columns) // 2
    return cv2.copyMakeBorder(face[:, left : left + columns], 140, 140, 0, 0, cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def open_camera(phone: Device, course: Course, camera: Camera, *pictures: Pixels) -> Sequence[Request]:
    """Go to the camera of the enrolment; return the photos that are sent from then on."""
    course.learner("王芳", has_attended=False)
    phone.sign_in(course.people["王芳"])
    camera.show(film(*pictures))
    sent: list[Request] = []
    phone.page.on("request", lambda each: sent.append(each) if "/me/face/" in each.url else None)
    phone.go("/enrol")
    phone.get("consent-box").check()
    phone.get("network-consent-box").check()
    phone.press("consent-go")
    phone.sees("camera")
    return sent


@found_by_the_network
def test_a_good_picture_is_told_and_an_enrolment_takes_none_by_itself(
    phone: Device, course: Course, camera: Camera, face: Pixels
) -> None:
    sent = open_camera(phone, course, camera, face)
    phone.sees("advice", advice="good")
    expect(phone.get("advice")).to_have_text("很好，请拍照")
    assert phone.grave_findings() == []
    assert phone.overflow() == 0
    assert not sent


@found_by_the_network
@pytest.mark.parametrize(
    ("advice", "words"), [("several", "画面里只能有您一个人"), ("dark", "太暗了，请面向光"), ("closer", "离近一点")]
)
def test_what_is_wrong_is_told_before_anything_is_sent(
    phone: Device, course: Course, camera: Camera, face: Pixels, advice: str, words: str
) -> None:
    pictures = {
        "several": np.hstack([shrunk(face, 432), shrunk(face, 432)]),
        "dark": (face * 0.2).astype(np.uint8),
        "closer": cv2.copyMakeBorder(face, 500, 500, 0, 0, cv2.BORDER_REPLICATE),
    }
    sent = open_camera(phone, course, camera, pictures[advice])
    phone.sees("advice", advice=advice)
    expect(phone.get("advice")).to_have_text(words)
    expect(phone.get("take-photo")).to_be_enabled()
    assert not sent


def test_without_webassembly_the_page_guides_by_light_and_takes_photos(
    new_device: NewDevice, course: Course, camera: Camera, face: Pixels
) -> None:
    phone = new_device(script=NO_WASM)
    open_camera(phone, course, camera, (face * 0.2).astype(np.uint8))
    phone.sees("advice", advice="dark")
    with phone.wait_for("POST", "/me/face/photo-checks"):
        phone.press("take-photo")
    phone.sees("error", code="low_quality")
    phone.sees("advice", advice="dark")
