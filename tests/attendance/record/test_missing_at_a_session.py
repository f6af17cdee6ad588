"""Who is missing at a session: told apart, by name, with units, and only where somebody can be missing."""

from datetime import timedelta

import pytest

from models.projects import Project, RosterEntry, RosterRole
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import DOUBTFUL
from tests.attendance.conftest import Scene
from tests.databases import table_of
from tests.fakes import face

WHY = "本人到场，已核对证件"


def missing(scene: Scene, **query: object) -> list[tuple[str, str]]:
    """The names of those who are missing, each with what they have not done."""
    asked = "&".join(f"{name}={value}" for name, value in {"missing": 1, **query}.items())
    reply = scene.staff.get(f"/sessions/{scene.session.id}/attendance?{asked}")
    assert reply.status_code == 200, reply.json
    return [(each["person"]["name"], each["missing"]) for each in reply.json["items"]]


def by_hand(scene: Scene, name: str, direction: str = "in") -> None:
    sent = {"cme_number": scene.people[name].cme_number, "direction": direction, "reason": WHY}
    assert scene.staff.post(f"/sessions/{scene.session.id}/attendance", sent).status_code == 201


@pytest.fixture
def needs_out(scene: Scene) -> None:
    """The project asks for check-outs."""
    scene.db.execute(table_of(Project).update().values(needs_check_out=True))
    scene.db.commit()


def at_the_end(scene: Scene) -> None:
    """Check-out is open now."""
    scene.clock.set(scene.session.out_opens_at + timedelta(minutes=1))
    scene.staff = scene.api.as_(scene.organizer)


def test_who_has_not_checked_in_is_listed_with_unit_and_last_moment(scene: Scene) -> None:
    for name in ("wang", "li"):
        scene.learner(name, is_enrolled=False)
    by_hand(scene, "wang")
    reply = scene.staff.get(f"/sessions/{scene.session.id}/attendance?missing=1").json
    assert (reply["count"], reply["is_count_capped"], reply["next_cursor"]) == (1, False, None)
    (row,) = reply["items"]
    person = row.pop("person")
    assert (person["name"], person["unit"], person["cme_number"]) == ("li", "第一医院", scene.people["li"].cme_number)
    until = row.pop("until")
    assert row == {"role": "learner", "missing": "in", "checked_in_at": None}
    assert until.startswith(scene.session.in_closes_at.isoformat()[:16])


@pytest.mark.usefixtures("needs_out")
def test_who_came_and_did_not_check_out_is_told_apart(scene: Scene) -> None:
    for name in ("wang", "li", "zhao"):
        scene.learner(name, is_enrolled=False)
    by_hand(scene, "wang")
    by_hand(scene, "zhao")
    assert missing(scene) == [("li", "in")]  # nobody misses a check-out before it opens
    at_the_end(scene)
    by_hand(scene, "zhao", "out")
    assert missing(scene) == [("li", "in"), ("wang", "out")]
    assert missing(scene, direction="in") == [("li", "in")]
    assert missing(scene, direction="out") == [("wang", "out")]
    assert missing(scene, q="WAN") == [("wang", "out")]
    rows = scene.staff.get(f"/sessions/{scene.session.id}/attendance?missing=1").json["items"]
    assert [(each["checked_in_at"] is None, each["until"] is None) for each in rows] == [(True, True), (False, False)]
    scene.clock.set(scene.session.out_closes_at)
    scene.staff = scene.api.as_(scene.organizer)
    rows = scene.staff.get(f"/sessions/{scene.session.id}/attendance?missing=1&direction=out").json["items"]
    assert [each["until"] for each in rows] == [None]


def test_where_no_check_out_is_asked_for_nobody_misses_it(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    by_hand(scene, "li")
    at_the_end(scene)
    assert missing(scene) == []


def test_who_waits_for_review_or_was_marked_by_hand_is_not_missing(scene: Scene) -> None:
    scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL))
    scene.learner("wang", is_enrolled=False)
    path = f"/sessions/{scene.session.id}/corrections"
    sent = {"cme_number": scene.people["wang"].cme_number, "mark": "excused", "reason": "急诊手术"}
    assert missing(scene) == [("wang", "in")]
    assert scene.staff.post(path, sent).status_code == 201
    assert missing(scene) == []
    assert scene.staff.post(path, {**sent, "mark": "as_recorded"}).status_code == 201
    assert missing(scene) == [("wang", "in")]


def test_a_rejected_check_in_is_none(scene: Scene) -> None:
    waiting = scene.check_in(scene.learner("li"), face("li", off=DOUBTFUL)).json["id"]
    scene.staff.post(f"/check-ins/{waiting}/decision", {"decision": "reject", "reason": "不是本人"})
    assert missing(scene) == [("li", "in")]


def test_nobody_is_missing_before_check_in_opens_or_at_a_session_that_is_off(scene: Scene) -> None:
    scene.learner("li", is_enrolled=False)
    table = table_of(VenueSession)
    later = scene.clock.now() + timedelta(minutes=5)
    scene.db.execute(table.update().values(in_opens_at=later))
    scene.db.commit()
    assert missing(scene) == []
    scene.db.execute(table.update().values(in_opens_at=later - timedelta(hours=1)))
    scene.db.commit()
    assert missing(scene) == [("li", "in")]
    assert scene.staff.post(f"/sessions/{scene.session.id}/cancellation", {"reason": "停电"}).status_code == 200
    assert missing(scene) == []


def test_at_a_session_with_few_places_only_who_holds_one_is_missing(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
    speaker = scene.make.person(unit=scene.unit, name="zhou")
    scene.db.execute(table_of(VenueSession).update().values(capacity=1))
    entry = RosterEntry(
        project_id=scene.project.id, person_id=speaker.id, role=RosterRole.SPEAKER, added_at=scene.clock.now()
    )
    scene.db.add(entry)
    scene.db.commit()
    numbers = {"cme_numbers": [scene.people["wang"].cme_number]}
    assert scene.staff.post(f"/sessions/{scene.session.id}/places", numbers).status_code == 200
    assert missing(scene) == [("wang", "in"), ("zhou", "in")]


def test_pages_go_through_all_once(scene: Scene) -> None:
    for name in ("a", "b", "c", "d", "e"):
        scene.learner(name, is_enrolled=False)
    path, seen, cursor = f"/sessions/{scene.session.id}/attendance?missing=1&limit=2", [], ""
    counts = []
    while cursor is not None:
        reply = scene.staff.get(path + (f"&cursor={cursor}" if cursor else "")).json
        seen += [each["person"]["name"] for each in reply["items"]]
        counts.append(reply["count"])
        cursor = reply["next_cursor"]
    assert (seen, counts) == (["a", "b", "c", "d", "e"], [5, None, None])


def test_check_ins_are_counted_and_found_by_name(scene: Scene) -> None:
    for name in ("li", "wang"):
        scene.learner(name, is_enrolled=False)
        by_hand(scene, name)
    path = f"/sessions/{scene.session.id}/attendance"
    assert scene.staff.get(f"{path}?limit=1").json["count"] == 2
    assert [each["person"]["name"] for each in scene.staff.get(f"{path}?q=wang").json["items"]] == ["wang"]
    empty = scene.make.session(scene.project)
    assert scene.staff.get(f"/sessions/{empty.id}/attendance").json["count"] == 0
