"""What holds on each page of a learner: nothing serious for axe, one heading, nothing wider than the screen."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from models.people import Person
from tests.architecture.sources import ROOT
from tests.attendance.courses import Course
from tests.browser.devices import DESK, NARROW, PHONE, Device

CERTIFIED = "3310000190"  # of the demo: has credits and a certificate
OF_OTHERS = ("/room", "/faces", "/reviews", "/screen", "/kiosk", "/dev/", "/:rest")  # pages that other tests open


def pages_of_learners() -> list[str]:
    source = (ROOT / "web" / "src" / "router.ts").read_text(encoding="utf-8")
    return [path for path in re.findall(r'path: "([^"]+)"', source) if not path.startswith(OF_OTHERS)]


@pytest.fixture
def learner(course: Course) -> Person:
    """Somebody with credits, a certificate, a project that is under way, its exam and its evaluation."""
    person = course.db.scalars(select(Person).where(Person.cme_number == CERTIFIED)).one()
    course.people["learner"] = person
    course.make.on_roster(course.project, person)
    course.attend("learner")
    assert course.set_exam().status_code < 300
    return person


def fits(phone: Device, size: tuple[int, int]) -> None:
    phone.page.set_viewport_size({"width": size[0], "height": size[1]})
    assert phone.overflow() == 0, f"wider than {size[0]} px"


@pytest.mark.parametrize("path", pages_of_learners())
def test_a_page_can_be_read_by_everybody_on_every_screen(
    phone: Device, course: Course, learner: Person, path: str
) -> None:
    phone.sign_in(learner, path.replace("/:id", f"/{course.id}"))
    expect(phone.page.locator(".wait")).to_have_count(0)
    for size in (PHONE, NARROW, DESK):
        fits(phone, size)
    assert phone.grave_findings() == []
    phone.page.emulate_media(color_scheme="dark")
    assert phone.grave_findings() == []
    phone.press("language")
    expect(phone.page.locator("html")).to_have_attribute("lang", "en")
    expect(phone.page.locator("h1")).to_have_count(1)
    fits(phone, NARROW)
