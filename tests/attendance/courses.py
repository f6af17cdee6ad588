"""A project that is under way, with its organizer and learners who have, or have not, checked in."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models.people import Person, Unit
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

FOUR = ["甲", "乙", "丙", "丁"]


def single(number: int, **more: Any) -> dict[str, Any]:
    """The question number `number`, whose right option is that number's, counted round."""
    return {"kind": "single", "text": f"第{number}题", "options": FOUR, "correct": [number % 4], "points": 1, **more}


def exam(count: int = 5, **more: Any) -> dict[str, Any]:
    """An exam of so many single choices."""
    rules = {"pass_mark": 60, "minutes": 30, "attempts": 2, "pause_minutes": 0}
    return {**rules, "questions": [single(number) for number in range(count)], **more}


@dataclass
class Course:
    """What most tests of evaluations and exams begin with. staff: the organizer's client."""

    api: Api
    make: Factories
    clock: FakeClock
    db: Session
    unit: Unit
    organizer: Person
    project: Project
    session: VenueSession
    staff: Api
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Of the project."""
        return str(self.project.id)

    def learner(self, name: str, *, has_attended: bool = True) -> Api:
        """A learner of the roster."""
        person = self.people[name] = self.make.person(unit=self.unit, name=name)
        self.make.on_roster(self.project, person)
        if has_attended:
            self.attend(name)
        return self.api.as_(person)

    def attend(self, name: str) -> None:
        """Check somebody in by hand."""
        sent = {"cme_number": self.people[name].cme_number, "direction": "in", "reason": "本人到场，已核对证件"}
        assert self.staff.post(f"/sessions/{self.session.id}/attendance", sent).status_code == 201

    def set_exam(self, wanted: dict[str, Any] | None = None, **more: Any) -> Reply:
        """Give the project its exam."""
        return self.staff.put(f"/projects/{self.id}/exam", {**(wanted or exam()), **more})

    def start(self, who: Api) -> Reply:
        """Begin an attempt, or go on."""
        return who.post(f"/projects/{self.id}/exam/attempts")

    def sit(self, who: Api, right: int, *, is_handed_in: bool = True) -> dict[str, Any]:
        """Begin, answer so many questions rightly and the others wrongly, and hand in; gives what came of it."""
        attempt = self.start(who)
        assert attempt.status_code in (200, 201), attempt.json
        for place, question in enumerate(by_number(attempt.json)):
            assert answer(who, attempt.json, question, is_right=place < right).status_code == 200
        if not is_handed_in:
            return dict(attempt.json)
        return dict(who.post(f"/exam-attempts/{attempt.json['id']}/submission").json)


def by_number(attempt: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions of `single`, by their number."""
    return sorted(attempt["questions"], key=number_of)


def number_of(question: dict[str, Any]) -> int:
    """The number of a question made by `single`."""
    return int(question["text"][1:-1])


def answer(who: Api, attempt: dict[str, Any], question: dict[str, Any], *, is_right: bool, **more: Any) -> Reply:
    """Save an answer to a question made by `single`."""
    wanted = FOUR[(number_of(question) + (0 if is_right else 1)) % 4]
    chosen = [each["id"] for each in question["options"] if each["text"] == wanted]
    return save(who, attempt, question, {"options": chosen, **more})


def save(who: Api, attempt: dict[str, Any], question: dict[str, Any], content: dict[str, Any]) -> Reply:
    """Save whatever answer."""
    return who.put(f"/exam-attempts/{attempt['id']}/answers/{question['id']}", content)


@pytest.fixture
def course(kept: KeptWorlds) -> Course:
    """A project that is under way, with one open session."""
    return kept.open("course", lambda: make_course(kept))


def make_course(world: KeptWorlds) -> Course:
    """Make it in an empty database."""
    api, make = world.api, world.make
    unit = make.unit()
    organizer = make.organizer(unit)
    project = make.project(unit=unit, organizer=organizer, status=ProjectStatus.RUNNING)
    session = make.session(project)
    return Course(api, make, world.clock, world.db, unit, organizer, project, session, api.as_(organizer))
