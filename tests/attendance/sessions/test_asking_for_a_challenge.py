"""Sessions may ask for a challenge only where somebody measured it on people."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.sessions import liveness
from faces.liveness.rule import RULE
from models.base import new_id
from models.edge import AuditEntry
from models.liveness import LivenessCalibration, LivenessSource
from models.projects import Liveness
from models.projects import Session as VenueSession
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene

REFUSED = (409, "liveness_not_calibrated")


def calibrate(scene: Scene, *, may_ask: bool, rule: str = RULE, steps: tuple[str, ...] = ("left", "right")) -> None:
    made = LivenessCalibration(
        id=new_id(), rule=rule, source=LivenessSource.FOLDER, people=20, results={}, steps=list(steps),
        may_ask=may_ask, author="王工", measured_at=scene.clock.now(),
    )  # fmt: skip
    liveness.keep(scene.db, calibration=made)
    scene.db.commit()


def plan(scene: Scene, **more: Any) -> dict[str, Any]:
    start = scene.session.starts_at + timedelta(hours=4)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
    return {"title": "下午", "venue": "一号厅", "liveness": "challenge", **times, **more}


def test_a_challenge_is_refused_until_it_was_measured_and_passed(scene: Scene) -> None:
    path = f"/projects/{scene.project.id}/sessions"
    assert code_of(scene.staff.post(path, plan(scene))) == REFUSED
    calibrate(scene, may_ask=True, rule="an earlier rule")
    assert code_of(scene.staff.post(path, plan(scene))) == REFUSED
    calibrate(scene, may_ask=True)
    made = scene.staff.post(path, plan(scene))
    assert (made.status_code, made.json["liveness"]) == (201, "challenge")
    calibrate(scene, may_ask=False)
    assert code_of(scene.staff.post(path, plan(scene))) == REFUSED
    assert scene.staff.post(path, plan(scene, liveness="none")).status_code == 201


@pytest.mark.parametrize("is_dry", [True, False])
def test_a_series_is_refused_too(scene: Scene, is_dry: bool) -> None:
    path = f"/projects/{scene.project.id}/session-series"
    wanted = plan(scene, repeat={"every": "day", "count": 1}, dry_run=is_dry)
    assert code_of(scene.staff.post(path, wanted)) == REFUSED
    calibrate(scene, may_ask=True)
    assert scene.staff.post(path, wanted).status_code in (200, 201)


def test_a_change_is_refused_too_but_a_session_that_asks_can_be_changed_otherwise(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}"
    assert code_of(scene.staff.patch(path, {"liveness": "challenge"})) == REFUSED
    calibrate(scene, may_ask=True)
    assert scene.staff.patch(path, {"liveness": "challenge"}).json["liveness"] == "challenge"
    calibrate(scene, may_ask=False)
    assert scene.staff.patch(path, {"title": "上午（改）"}).status_code == 200
    me = scene.learner("li")
    assert len(scene.ask(me).json["challenge"]["steps"]) == 2  # who asked already goes on asking
    assert scene.staff.patch(path, {"liveness": "none"}).json["liveness"] == "none"


def test_challenges_are_drawn_from_the_steps_that_were_measured(scene: Scene) -> None:
    calibrate(scene, may_ask=True, steps=("down", "right"))
    scene.session.liveness = Liveness.CHALLENGE
    scene.db.commit()
    me = scene.learner("li")
    assert {frozenset(scene.ask(me).json["challenge"]["steps"]) for _ in range(5)} == {frozenset({"down", "right"})}


def test_a_copy_asks_for_none_where_the_installation_may_not_ask_any_more(scene: Scene) -> None:
    calibrate(scene, may_ask=True)
    scene.session.liveness = Liveness.CHALLENGE
    scene.db.commit()
    path, day = f"/projects/{scene.project.id}/copies", (scene.clock.now() + timedelta(days=400)).date().isoformat()
    asked = []
    for may_ask in (True, False):
        calibrate(scene, may_ask=may_ask)
        made = scene.staff.post(path, {"starts_on": day})
        assert made.status_code == 201, made.json
        scene.db.rollback()
        copied = select(VenueSession.liveness).where(VenueSession.project_id == uuid.UUID(made.json["id"]))
        asked.append(scene.db.scalars(copied).one())
    assert asked == [Liveness.CHALLENGE, Liveness.NONE]


def test_a_calibration_leaves_one_line_in_the_audit(scene: Scene) -> None:
    calibrate(scene, may_ask=True)
    lines = scene.db.scalars(select(AuditEntry).where(AuditEntry.action == "liveness.calibrate")).all()
    assert [line.after["author"] for line in lines] == ["王工"]
