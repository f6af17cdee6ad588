"""A dry run (X-9): made-up people through real rules, and nothing left behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from attendance.planning.rehearsal import rehearse
from attendance.sessions.venue_codes import VenueCodes
from models.attendance import CheckIn, CheckInAttempt
from models.base import new_id
from models.projects import Project, ProjectStatus, QrMode
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.databases import table_of

CODES = VenueCodes(b"k" * 32, "https://cme.test")


def rehearsal(scene: Scene, attendees: int = 300) -> dict[str, Any]:
    reply = scene.staff.post(f"/sessions/{scene.session.id}/rehearsals", {"attendees": attendees})
    assert reply.status_code == 200
    return dict(reply.json)


def findings(scene: Scene) -> dict[str, int]:
    return {each["check"]: each["count"] for each in rehearsal(scene, 1)["findings"]}


def test_everybody_is_accounted_for_and_nothing_is_written(scene: Scene) -> None:
    played = rehearsal(scene)
    assert played["came"] + played["shut_out"] == played["attendees"] == 300
    assert sum(each["count"] for each in played["arrivals"]) == played["came"]
    assert played["busiest_minute"] == max(each["count"] for each in played["arrivals"])
    assert 0 < played["late"] < played["came"]
    assert {each["code"] for each in played["refusals"]} <= {"qr_expired", "session_not_open"}
    for table in (CheckIn, CheckInAttempt):
        assert scene.db.scalar(select(func.count()).select_from(table)) == 0


def test_the_same_session_rehearses_alike_and_a_wider_window_lets_in_more(scene: Scene) -> None:
    first = rehearsal(scene)
    assert rehearsal(scene) == first
    wider = {"in_closes_at": (scene.session.starts_at + timedelta(minutes=40)).isoformat()}
    plan = {"title": "上午场", "venue": "厅", "starts_at": scene.session.starts_at.isoformat(),
            "ends_at": scene.session.ends_at.isoformat(), "windows": wider}  # fmt: skip
    assert scene.staff.patch(f"/sessions/{scene.session.id}", plan).status_code == 200
    assert rehearsal(scene)["in_closes_at"] > first["in_closes_at"]


@given(attendees=st.integers(1, 60), early=st.integers(1, 90), late=st.integers(1, 60))
def test_whatever_the_windows_a_person_comes_or_is_shut_out(attendees: int, early: int, late: int) -> None:
    start = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    session = VenueSession(
        id=new_id(), short_code="abcd2345", qr_mode=QrMode.ROTATING, starts_at=start,
        ends_at=start + timedelta(hours=3), in_opens_at=start - timedelta(minutes=early), late_from=start,
        in_closes_at=start + timedelta(minutes=late),
    )  # fmt: skip
    played = rehearse(session, attendees=attendees, codes=CODES)
    assert played.came + played.shut_out == attendees
    assert played.late <= played.came


def test_what_is_amiss_is_counted(scene: Scene) -> None:
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.DRAFT))
    assert findings(scene)["nobody_expected"] == 1
    scene.learner("li")
    scene.learner("wang", is_enrolled=False)
    elsewhere = scene.make.project(unit=scene.unit, organizer=scene.organizer)
    scene.make.on_roster(elsewhere, scene.people["li"])
    scene.make.session(elsewhere)
    scene.make.session(scene.project)
    scene.make.session(scene.project, track="外科")
    assert findings(scene) == {
        "not_announced": 1, "nobody_expected": 0, "without_face": 1, "without_place": 0, "expected_elsewhere": 1,
        "same_track_overlaps": 1, "closed": 0, "cancelled": 0, "too_long": 0,
    }  # fmt: skip
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.ANNOUNCED))
    assert findings(scene)["not_announced"] == 0


def test_learners_who_have_chosen_no_track_are_counted(scene: Scene) -> None:
    li, wang, _ = (scene.learner(name, is_enrolled=False) for name in ("li", "wang", "zhao"))
    scene.db.execute(table_of(VenueSession).update().values(capacity=1))
    other = scene.make.session(scene.project, capacity=1, track="外科")
    assert findings(scene)["without_place"] == 3
    for who, session in ((li, scene.session), (wang, other)):
        assert who.put(f"/sessions/{session.id}/place").json["mine"] == "held"
    assert findings(scene)["without_place"] == 1


def test_only_its_organizer_rehearses(scene: Scene) -> None:
    stranger = scene.api.as_(scene.make.organizer(scene.make.unit(name="二院")))
    path = f"/sessions/{scene.session.id}/rehearsals"
    assert code_of(stranger.post(path, {"attendees": 5})) == (403, "forbidden")
    for wrong in (0, 2001, "x"):
        assert code_of(scene.staff.post(path, {"attendees": wrong})) == (422, "invalid_input")
