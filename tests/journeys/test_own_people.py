"""A deployment's own people: faces are judged rightly from the first one on; at fifty the thresholds become theirs."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foundation.clock import day_at_home
from service.configuration.settings import Settings
from service.running.upkeep import sweep
from tests import photos
from tests.journeys.conftest import an_empty_database
from tests.journeys.phone import Phone, await_ready
from tests.service.running.running_service import running

SERVICE = "tests.journeys.remembering_service"
ENROLLED_PHOTOS = 2  # of four: the other two are shown, since no picture brings two check-ins
LINE = 50

pytestmark = [
    pytest.mark.slow,
    pytest.mark.either_database,
    pytest.mark.skipif(
        len(photos.east_asian_people()) + len(photos.east_asian_strangers()) < LINE,
        reason="needs photos of fifty people of one population (FACES_EAST_ASIAN)",
    ),
]


@dataclass
class Town:
    """A running service with its organizer, its authority, and everybody who enrolled."""

    settings: Settings
    base_url: str
    organizer: Phone
    authority: Phone
    unit: str
    project: str
    opened: contextlib.ExitStack

    def newcomer(self, number: int) -> Phone:
        """Somebody who is taken in, expected at the project, and signs in for the first time."""
        account = {"cme_number": f"3388{number:06d}", "password": "123456"}
        added = self.authority.call(
            "POST", "/people", json={"cme_number": account["cme_number"], "name": f"学员{number}", "unit_id": self.unit}
        )
        assert added.status_code == 201, added.text
        roster = {"cme_numbers": [account["cme_number"]], "role": "learner"}
        assert self.organizer.call("POST", f"/projects/{self.project}/roster", json=roster).status_code == 200
        with Phone(self.base_url) as nobody:
            return self.opened.enter_context(nobody.sign_in(account))

    def session(self, title: str) -> str:
        """A half-day that is open now."""
        now = datetime.now(UTC)
        new = {
            "title": title, "venue": "礼堂", "liveness": "none", "qr_mode": "rotating",
            "starts_at": (now + timedelta(minutes=5)).isoformat(), "ends_at": (now + timedelta(hours=3)).isoformat(),
        }  # fmt: skip
        made = self.organizer.call("POST", f"/projects/{self.project}/sessions", json=new)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def show(self, who: Phone, session: str, photo: Path) -> str:
        """Try to check in with a photo: present, needs_review, or the refusal's code."""
        screen = self.organizer.call("GET", f"/sessions/{session}/qr").json()["url"]
        reply = who.check_in(who.ticket(screen).json()["ticket"], photo.read_bytes())
        return str(reply.json().get("status") if reply.status_code == 201 else reply.json()["code"])


@pytest.fixture
def town(tmp_path: Path, database: str) -> Iterator[Town]:
    var = tmp_path / "var"
    with (
        an_empty_database(database) as environment,
        running(SERVICE, var, DEMO="1", FACE_WORKERS="1", WEB_WORKERS="1", **environment) as service,
        contextlib.ExitStack() as opened,
    ):
        await_ready(service)
        told = json.loads((var / "demo.json").read_text())
        nobody = opened.enter_context(Phone(told["base_url"]))
        organizer = opened.enter_context(nobody.sign_in(told["organizer"]))
        authority = opened.enter_context(nobody.sign_in(told["admins"]["authority"]))
        today = day_at_home(datetime.now(UTC))
        project = organizer.call(
            "POST",
            "/projects",
            json={
                "name": "本省人群",
                "starts_on": str(today - timedelta(days=1)),
                "ends_on": str(today + timedelta(days=1)),
                "credits": "1.00",
                "hours": "3.0",
            },
        )
        assert project.status_code == 201, project.text
        steps = ((organizer, "filed"), (authority, "approved"), (organizer, "announced"), (organizer, "running"))
        for who, to in steps:
            taken = who.call("POST", f"/projects/{project.json()['id']}/transitions", json={"to": to})
            assert taken.status_code == 200, taken.text
        unit = organizer.call("GET", "/me").json()["unit"]["id"]
        settings = Settings(var=var, database_url=environment["DATABASE_URL"])
        yield Town(settings, told["base_url"], organizer, authority, unit, project.json()["id"], opened)


def test_packaged_thresholds_judge_faces_rightly_and_fifty_people_make_their_own(town: Town) -> None:
    groups = [group for group in photos.east_asian_people().values() if len(group) > ENROLLED_PHOTOS + 1]
    singles = [group[:1] for group in photos.east_asian_people().values() if len(group) <= ENROLLED_PHOTOS + 1]
    singles += [[photo] for photo in photos.east_asian_strangers()]
    people: list[tuple[Phone, Path, Path]] = []  # with two photos that were not enrolled
    enrolled = 0
    for number, group in enumerate([*groups, *singles]):
        if enrolled >= LINE and len(people) >= len(groups):
            break
        phone = town.newcomer(number)
        reply = phone.enrol([photo.read_bytes() for photo in group[:ENROLLED_PHOTOS]])
        if reply.status_code == 201:  # some news photos show two people
            enrolled += 1
            if len(group) > ENROLLED_PHOTOS + 1:
                people.append((phone, *group[ENROLLED_PHOTOS : ENROLLED_PHOTOS + 2]))
    assert enrolled >= LINE
    assert len(people) >= 15

    before = _judge(town, [(phone, photo) for phone, photo, _ in people], "上午")
    policy = town.authority.call("GET", "/face-policy").json()
    assert policy["policies"][0]["version"] == "packaged-ea-1"
    sweep(town.settings, now=datetime.now(UTC))
    policy = town.authority.call("GET", "/face-policy").json()
    assert policy["policies"][0]["version"] == "gallery-1"
    assert policy["policies"][0]["networks"] == "+".join(policy["networks"])
    after = _judge(town, [(phone, photo) for phone, _, photo in people], "下午")

    right, wrong = "right", "somebody else"
    for found in (before, after):
        assert found[right, "face_mismatch"] <= 0.1 * len(people)
        assert found[right, "present"] >= 0.8 * len(people)
        assert found[wrong, "present"] == 0
        assert found[wrong, "needs_review"] <= 0.06 * 3 * len(people)


def _judge(town: Town, people: list[tuple[Phone, Path]], title: str) -> Counter[tuple[str, str]]:
    """Everybody tries with the photos of three others, and with one of their own, each at a session of its own."""
    found = Counter[tuple[str, str]]()
    for step in (0, 1, 4, 9):
        session = town.session(f"{title}{step}")
        for number, (phone, _) in enumerate(people):
            _, shown = people[(number + step) % len(people)]
            found["somebody else" if step else "right", town.show(phone, session, shown)] += 1
    return found
