"""A venue whose code the fake camera can see, and people with real faces who check in there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from playwright.sync_api import Error, Locator, Route, expect

from models.people import Person
from tests.attendance.courses import Course
from tests.browser.devices import Device
from tests.browser.films import Camera, code_film
from tests.browser.served import Served
from tests.journeys.main_job import photos_of_two
from tests.journeys.phone import Phone

_MOST_PRESSES = 30


@dataclass(frozen=True)
class Human:
    """Somebody with a real face. at_the_door: the photo to check in with; enrolled: the others."""

    at_the_door: bytes
    enrolled: Sequence[bytes]


@dataclass
class Venue:
    """A session that is open now. faces: of two humans; who enrols one of them gives it back at the end."""

    course: Course
    served: Served
    camera: Camera
    faces: tuple[Human, Human]
    _enrolled: list[Person] = field(default_factory=list)

    def learner(self, name: str, face: Human | None = None) -> Person:
        """Somebody on the roster, whose face is enrolled if one is given."""
        self.course.learner(name, has_attended=False)
        person = self.course.people[name]
        if face is not None:
            with self._calling(person) as phone:
                reply = phone.enrol(face.enrolled)
            assert reply.status_code == 201, reply.text
            self.gives_back(person)
        return person

    def gives_back(self, person: Person) -> None:
        """Withdraw the consent of somebody after the test: a face can be enrolled for one person alone."""
        self._enrolled.append(person)

    def code(self) -> str:
        """What the screen shows now."""
        return str(self.course.staff.get(f"/sessions/{self.course.session.id}/qr").json["url"])

    def show_code(self) -> None:
        """Have the camera see the screen."""
        self.camera.show(code_film(self.code()))

    def then_shows(self, device: Device, film: bytes) -> None:
        """Have the camera see something else once the code is read: before the page opens it for the face."""

        def turn(route: Route) -> None:
            self.camera.show(film)
            route.continue_()

        device.page.route("**/api/v1/check-in-tickets", turn)

    def checked_in(self) -> list[tuple[str, str]]:
        """Name and status of those who are checked in, by what the organizer sees."""
        items = self.course.staff.get(f"/sessions/{self.course.session.id}/attendance").json["items"]
        return [(each["person"]["name"], each["status"]) for each in items]

    def close(self) -> None:
        """Free the faces."""
        for person in self._enrolled:
            with self._calling(person) as phone:
                phone.call("DELETE", "/me/face-consent")

    @contextmanager
    def _calling(self, person: Person) -> Iterator[Phone]:
        with Phone(self.served.base_url, self.served.new_tokens(person).access_token) as phone:
            yield phone


def open_venue(course: Course, served: Served, camera: Camera) -> Venue:
    """The session of a course, and two humans."""
    mine, theirs = (Human(at_the_door, enrolled) for at_the_door, *enrolled in photos_of_two())
    return Venue(course, served, camera, (mine, theirs))


def take_photos_until(device: Device, done: Locator) -> None:
    """Press the button whenever it can be pressed, until `done` is to be seen."""
    button = device.page.locator('[data-test="take-photo"]:enabled')
    for _ in range(_MOST_PRESSES):
        expect(done.or_(button).first).to_be_visible()
        if done.is_visible():
            return
        with suppress(Error):  # the page is taking one by itself, or has gone on
            button.click(timeout=2000)
    raise AssertionError(f"{_MOST_PRESSES} photos were not enough")
