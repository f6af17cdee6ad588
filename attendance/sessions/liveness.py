"""Whether sessions may ask for a challenge (活体检测), and with which steps: as the newest calibration says."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.sessions.errors import LivenessNotCalibrated
from faces.liveness.rule import RULE
from faces.liveness.steps import USUAL, Step
from foundation import audit
from models.base import new_id
from models.liveness import LivenessCalibration, LivenessSource
from models.projects import Liveness


def find_in_force(db: Session) -> LivenessCalibration | None:
    """Return the newest calibration of the rule in use; None if nobody has measured it."""
    measured = select(LivenessCalibration).where(LivenessCalibration.rule == RULE)
    return db.scalars(measured.order_by(LivenessCalibration.id.desc()).limit(1)).first()


def may_ask(db: Session) -> bool:
    """Return whether sessions may ask for a challenge here."""
    found = find_in_force(db)
    return found is not None and found.may_ask


def check_may_ask(db: Session, liveness: Liveness) -> None:
    """Raise LivenessNotCalibrated for a challenge that nobody has measured here, or that failed its measurement."""
    if liveness is Liveness.CHALLENGE and not may_ask(db):
        raise LivenessNotCalibrated(field="liveness")


def steps_to_ask(db: Session) -> tuple[Step, ...]:
    """Return the steps that a challenge is drawn from: those that were measured.

    A session that asks already goes on with the usual ones if a later calibration says that none may be asked.
    """
    found = find_in_force(db)
    return tuple(Step(each) for each in found.steps) if found is not None and found.may_ask else USUAL


def keep(db: Session, *, calibration: LivenessCalibration) -> LivenessCalibration:
    """Store a calibration, with its audit entry; from then on it holds. Its author is somebody at the machine."""
    db.add(calibration)
    db.flush()
    after = {"rule": calibration.rule, "may_ask": calibration.may_ask, "steps": calibration.steps}
    after |= {"people": calibration.people, "author": calibration.author}
    audit.record(db, None, calibration.measured_at, "liveness.calibrate", calibration, after=after)
    return calibration


def allow_in_demo(db: Session, *, now: datetime) -> None:
    """Allow challenges without a measurement, for the demo alone."""
    if not may_ask(db):
        made = LivenessCalibration(
            id=new_id(), rule=RULE, source=LivenessSource.DEMO, people=0, results={},
            steps=[step.value for step in USUAL], may_ask=True, author="demo", measured_at=now,
        )  # fmt: skip
        keep(db, calibration=made)
