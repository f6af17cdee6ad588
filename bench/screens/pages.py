"""The pages that are taken: who looks, where, and what is done there before the picture."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.screens.drawn import face_film
from bench.screens.story import Story, photos_of_one
from tests.browser import films
from tests.browser.devices import Device
from tests.browser.films import Camera, code_film

NOBODY = ""
LEARNER, AT_THE_DOOR = "learner", "at_the_door"
ORGANIZER, DEPARTMENT, UNIT, AUTHORITY = "organizer", "department", "unit", "authority"


@dataclass(frozen=True)
class Scene:
    """What a page may need beside its device."""

    story: Story
    camera: Camera


Step = Callable[[Device, Scene], None]


@dataclass(frozen=True)
class Shot:
    """A picture. who: a role of the story; path: with names of its ids; step: done once it is open."""

    name: str
    who: str
    path: str
    step: Step | None = None
    before: Step | None = None


def _sees_code(device: Device, scene: Scene) -> None:
    scene.camera.show(code_film("https://example.test/another-code"))


def _sees_face(device: Device, scene: Scene) -> None:
    scene.camera.show(face_film())


def _waits_for_camera(device: Device, scene: Scene) -> None:
    device.sees("camera")
    device.page.locator("video").evaluate("v => v.videoWidth || new Promise(r => v.addEventListener('playing', r))")


def _scans(device: Device, scene: Scene, *, is_drawn: bool = True) -> None:
    """Arrive with a scanned code, as from the phone's own camera."""
    if is_drawn:
        scene.camera.show(face_film())
    device.page.goto(scene.story.code())


def _goes_on(device: Device, scene: Scene) -> None:
    device.page.locator("[data-test=go-on]").click()
    _waits_for_camera(device, scene)


def _shows_face(device: Device, scene: Scene) -> None:
    """Let the camera see the face that is enrolled, and take it."""
    scene.camera.show(films.face_film(photos_of_one()[0]))
    _scans(device, scene, is_drawn=False)
    _goes_on(device, scene)
    device.press("take-photo")
    device.sees("check-in-result")


def _agrees(device: Device, scene: Scene) -> None:
    for box in ("consent-box", "network-consent-box"):
        device.sees(box).check()
    device.press("consent-go")
    _waits_for_camera(device, scene)


def _begins_exam(device: Device, scene: Scene) -> None:
    device.press("exam-start")
    device.sees("exam-option")


def _opens_screen(device: Device, scene: Scene) -> None:
    device.go(scene.story.screen_path())
    device.page.locator(".qr").wait_for()


def _pairs(device: Device, scene: Scene) -> None:
    """Pair a kiosk and hold somebody's code before it."""
    scene.camera.show(code_film(scene.story.personal_code()))
    device.fill(pairing_code=scene.story.pairing_code(), kiosk_name="门口一号")
    device.press("pair")
    device.sees("kiosk-result")


def _sees_claim_form(device: Device, scene: Scene) -> None:
    device.sees("claim-class")


def _looks_at_those_who_came(device: Device, scene: Scene) -> None:
    device.press("list-here")


def _opens_confirmation(device: Device, scene: Scene) -> None:
    device.page.locator("details summary").last.click()
    device.sees("confirm-list").scroll_into_view_if_needed()


SHOTS = (
    Shot("welcome", NOBODY, "/"),
    Shot("sign-in", NOBODY, "/sign-in"),
    Shot("forgotten", NOBODY, "/forgotten"),
    Shot("out-of-province", NOBODY, "/out-of-province"),
    Shot("scan-code-by-phone", NOBODY, "", before=_scans),
    Shot("check-in", AT_THE_DOOR, "", _goes_on, before=_scans),
    Shot("check-in-result", AT_THE_DOOR, "", _shows_face),
    Shot("home", LEARNER, "/"),
    Shot("scan", LEARNER, "/scan", _waits_for_camera, before=_sees_code),
    Shot("enrol-consent", LEARNER, "/enrol"),
    Shot("enrol", LEARNER, "/enrol", _agrees, before=_sees_face),
    Shot("history", LEARNER, "/history"),
    Shot("project", LEARNER, "/projects/{settled}"),
    Shot("evaluation", LEARNER, "/projects/{running}/evaluation"),
    Shot("exam", LEARNER, "/projects/{running}/exam"),
    Shot("exam-question", LEARNER, "/projects/{running}/exam", _begins_exam),
    Shot("credits", LEARNER, "/credits"),
    Shot("compliance", LEARNER, "/compliance"),
    Shot("compliance-summary", LEARNER, "/compliance/summary"),
    Shot("summaries", LEARNER, "/summaries"),
    Shot("openings", LEARNER, "/openings"),
    Shot("opening", LEARNER, "/openings/{opening}"),
    Shot("applications", LEARNER, "/applications"),
    Shot("requests", LEARNER, "/requests"),
    Shot("certificates", LEARNER, "/certificates"),
    Shot("claims", LEARNER, "/claims"),
    Shot("claim", LEARNER, "/claims/new", _sees_claim_form),
    Shot("profile", LEARNER, "/profile"),
    Shot("privacy", LEARNER, "/privacy"),
    Shot("notices", LEARNER, "/notices"),
    Shot("my-code", LEARNER, "/my-code"),
    Shot("where", LEARNER, "/where"),
    Shot("more", LEARNER, "/more"),
    Shot("password", LEARNER, "/password"),
    Shot("phone", LEARNER, "/phone"),
    Shot("sign-ins", LEARNER, "/sign-ins"),
    Shot("second-factor", LEARNER, "/second-factor"),
    Shot("room", ORGANIZER, "/room"),
    Shot("room-session", ORGANIZER, "/room/{session}"),
    Shot("room-here", ORGANIZER, "/room/{session}?list=here"),
    Shot("room-confirm", ORGANIZER, "/room/{session}", _opens_confirmation),
    Shot("room-scan", ORGANIZER, "/room/scan", _waits_for_camera, before=_sees_code),
    Shot("screen", NOBODY, "", before=_opens_screen),
    Shot("kiosk", NOBODY, "/kiosk", _pairs),
    Shot("reviews", DEPARTMENT, "/reviews"),
    Shot("approvals", AUTHORITY, "/room"),
    Shot("settlements", AUTHORITY, "/room/settlements"),
    Shot("settlement", AUTHORITY, "/room/settlements/{settlement}"),
    Shot("faces", UNIT, "/faces"),
    Shot("face-resets", UNIT, "/faces/resets"),
    Shot("face-people", UNIT, "/faces/people"),
)
