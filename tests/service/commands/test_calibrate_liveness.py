"""Whether sessions may ask for a challenge, from a folder of volunteers: measured, said, and stored with an author."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.sessions import liveness
from faces.calibration.volunteers import LEAST_PEOPLE
from faces.errors import ChallengeUnavailable
from faces.liveness.steps import Step
from models.edge import AuditEntry
from models.liveness import LivenessCalibration
from service.commands import calibrate_liveness
from service.commands.calibrate_liveness import calibrate
from service.configuration.settings import Settings
from tests.fakes import FakeEngine, refused
from tests.frames import frame

pytestmark = [pytest.mark.slow, pytest.mark.either_database]


class StillEngine(FakeEngine):
    """A fake engine whose stills are noise: bent pictures of them show nobody."""

    frame_reader: Any = SimpleNamespace(mesh_of=lambda face: np.random.default_rng(0).uniform(40, 160, (468, 3)))

    def aligned(self, photo: bytes, purpose: object) -> Any:
        return SimpleNamespace(pixels=np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))


def volunteers(folder: Path, number: int, **of_steps: dict[str, Any]) -> Path:
    """So many people with one take each. of_steps: more about the frames of a step; None leaves them out."""
    wanted = {"left": {}, "right": {}, "open_mouth": {}, **of_steps}
    for place in range(number):
        take = folder / f"p{place:02d}" / "monday"
        take.mkdir(parents=True)
        (take / "front.jpg").write_bytes(frame(f"p{place}"))
        for step, more in wanted.items():
            if more is not None:
                (take / f"{step}.jpg").write_bytes(frame(f"p{place}", step, **more))
    return folder


@pytest.fixture(autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrate_liveness, "make_engine", lambda name, folder: StillEngine())


def test_enough_volunteers_let_sessions_ask_once_somebody_sets_it(
    tmp_path: Path, settings: Settings, db: Session
) -> None:
    folder = volunteers(tmp_path / "people", LEAST_PEOPLE)
    text = calibrate(settings, folder, author=None)
    assert "honest, in order                                  60      60" in text
    assert "honest, in the wrong order                        60       0" in text
    assert "Sessions may ask for: left, right, open_mouth." in text
    assert not liveness.may_ask(db)
    db.rollback()
    assert "Stored by 王工: sessions may ask" in calibrate(settings, folder, author="王工")
    assert liveness.may_ask(db)
    assert set(liveness.steps_to_ask(db)) == {Step.LEFT, Step.RIGHT, Step.OPEN_MOUTH}
    assert [line.after["author"] for line in db.scalars(select(AuditEntry))] == ["王工"]


def test_too_few_volunteers_do_not(tmp_path: Path, settings: Settings, db: Session) -> None:
    text = calibrate(settings, volunteers(tmp_path / "people", LEAST_PEOPLE - 1), author="王工")
    assert "Sessions may NOT ask for a challenge:\n- turns to both sides need 10 volunteers each" in text
    row = db.scalars(select(LivenessCalibration)).one()
    assert (row.may_ask, row.steps, row.people) == (False, [], LEAST_PEOPLE - 1)


def test_a_step_that_people_do_not_show_is_not_asked_for(tmp_path: Path, settings: Settings, db: Session) -> None:
    folder = volunteers(tmp_path / "people", LEAST_PEOPLE, open_mouth={"amount": 0.2}, up={})
    calibrate(settings, folder, author="王工")
    assert set(liveness.steps_to_ask(db)) == {Step.LEFT, Step.RIGHT, Step.UP}


def test_honest_people_who_are_refused_for_their_skin_turn_it_off(
    tmp_path: Path, settings: Settings, db: Session
) -> None:
    folder = volunteers(tmp_path / "people", LEAST_PEOPLE, left={"skin": "front"})
    text = calibrate(settings, folder, author="王工")
    assert "fewer than 90% of the honest tries passed" in text
    assert not liveness.may_ask(db)


def test_a_frame_without_a_face_counts_as_not_shown_and_stops_nothing(tmp_path: Path, settings: Settings) -> None:
    folder = volunteers(tmp_path / "people", LEAST_PEOPLE + 1)
    (folder / "p00" / "monday" / "left.jpg").write_bytes(refused("no_face"))
    text = calibrate(settings, folder, author=None)
    assert "left                                      11      11      10" in text
    assert "Sessions may ask for" in text


def test_without_attacks_or_without_a_mesh_nothing_is_allowed(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = volunteers(tmp_path / "people", LEAST_PEOPLE)
    for place in folder.glob("*/monday/front.jpg"):
        place.rename(place.with_name("right_side.jpg"))
    assert "there is no frontal frame to try attacks with" in calibrate(settings, folder, author=None)
    monkeypatch.setattr(StillEngine, "frame_reader", None)
    with pytest.raises(ChallengeUnavailable):
        calibrate(settings, folder, author=None)
