"""Calibration of the challenge: `scripts/calibrate-liveness DIR` measures volunteers and attacks, and says what may be.

DIR has one folder for each person, and in it one for each take, with frames named by what they show: front, left,
right, open_mouth, and perhaps up and down. The operator keeps the frames, with the volunteers' consent; nothing of them
is stored but counts.
"""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from accounts.thresholds.policies import FacePolicies
from attendance.sessions import liveness
from faces.calibration.stills import Still
from faces.calibration.volunteers import FRONT, VolunteerFigures, attack_all, measure, read_takes
from faces.engine import Purpose
from faces.engines.choosing import make_engine, policies_of
from faces.engines.photo_engine import PhotoEngine
from faces.errors import ChallengeUnavailable, FaceError
from faces.finding.frame_reader import FrameReader
from faces.liveness.rule import RULE
from faces.model_files.card import UnusableNetwork
from foundation.clock import SystemClock
from models.base import new_id
from models.liveness import LivenessCalibration, LivenessSource
from service.commands.terminal import run_command
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.migrating import migrate


def report(measured: VolunteerFigures) -> str:
    """Return the counts, and whether sessions may ask, as text."""
    lines = [f"{measured.people} volunteers; rule {RULE}", "", f"{'step':<36}{'people':>8}{'frames':>8}{'shown':>8}"]
    for step, count in measured.steps.items():
        if count.frames:
            lines.append(f"{step.value:<36}{count.people:>8}{count.frames:>8}{count.shown:>8}")
    lines += ["", f"{'tries':<44}{'tries':>8}{'passed':>8}"]
    honest = {"honest, in order": measured.honest, "honest, in the wrong order": measured.reversed_order}
    for name, each in {**honest, **measured.attacks}.items():
        lines.append(f"{name:<44}{each.tries:>8}{each.passed:>8}")
    if not measured.objections:
        steps = ", ".join(step.value for step in measured.allowed)
        return "\n".join([*lines, "", f"Sessions may ask for: {steps}. Set it with --set --author NAME."])
    return "\n".join(
        [*lines, "", "Sessions may NOT ask for a challenge:", *(f"- {each}" for each in measured.objections)]
    )


def calibrate(settings: Settings, folder: Path, *, author: str | None) -> str:
    """Measure a folder and return the report. With an author, also store what it says, which then holds.

    Raises ChallengeUnavailable without a mesh, UnusableNetwork.
    """
    engine = make_engine(settings.face_engine, folder=settings.var / "models")
    reader = engine.frame_reader
    if reader is None:
        raise ChallengeUnavailable
    migrate(settings)
    database = create_engine(settings.database)
    prepare_engine(database)
    try:
        with Session(database) as db, db.begin():
            policies = FacePolicies(policies_of([settings.face_engine])).in_force(db)[engine.name]
        takes = read_takes(folder, engine)
        attacks = attack_all(engine, _stills(folder, engine, reader), policies)
        measured = measure(takes, policies, attacks)
        text = report(measured)
        if author is None:
            return text
        with Session(database) as db, db.begin():
            row = liveness.keep(db, calibration=_row(measured, author))
            says = "may ask" if row.may_ask else "may not ask"
    finally:
        database.dispose()
    return f"{text}\n\nStored by {author}: sessions {says} for a challenge."


def _stills(folder: Path, engine: PhotoEngine, reader: FrameReader) -> Iterator[Still]:
    """Return the frontal frame of the first take of each person."""
    for person in sorted(each for each in folder.iterdir() if each.is_dir()):
        for path in sorted(person.glob(f"*/{FRONT}.*"))[:1]:
            with contextlib.suppress(FaceError):
                face = engine.aligned(path.read_bytes(), Purpose.CHALLENGE)
                yield Still(face.pixels, reader.mesh_of(face))


def _row(measured: VolunteerFigures, author: str) -> LivenessCalibration:
    results: dict[str, Any] = {
        "steps": {step.value: asdict(count) for step, count in measured.steps.items()},
        "honest": asdict(measured.honest),
        "reversed_order": asdict(measured.reversed_order),
        "attacks": {name: asdict(counts) for name, counts in measured.attacks.items()},
        "objections": measured.objections,
    }
    may_ask = not measured.objections
    return LivenessCalibration(
        id=new_id(),
        rule=RULE,
        source=LivenessSource.FOLDER,
        people=measured.people,
        results=results,
        steps=[step.value for step in measured.allowed] if may_ask else [],
        may_ask=may_ask,
        author=author,
        measured_at=SystemClock().now(),
    )


def main() -> int:
    """Read the command line, measure and print the report; return 2 if it fails."""
    parser = argparse.ArgumentParser(
        prog="scripts/calibrate-liveness", description="Whether sessions may ask for a challenge, from volunteers."
    )
    parser.add_argument("folder", type=Path, help="one folder a person, and in it one for each take")
    parser.add_argument("--set", action="store_true", help="let sessions ask, or not ask, by it from now on")
    parser.add_argument("--author", help="who measured; needed with --set")
    asked = parser.parse_args()
    if asked.set != bool(asked.author):
        parser.error("--set and --author go together")
    if not asked.folder.is_dir():
        parser.error("DIR must be a folder with one folder a person")

    def act(settings: Settings) -> str:
        return calibrate(settings, asked.folder, author=asked.author)

    return run_command("calibrate-liveness", act, refusals=(ChallengeUnavailable, UnusableNetwork))


if __name__ == "__main__":
    sys.exit(main())
