"""The thresholds in force for each recognition model: the packaged ones, or a calibration that was set."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from faces.matching.policy import Guard, Policy, PolicySet, read_policy
from foundation import audit
from foundation.errors import NotFound
from models.face_policies import CalibrationSource, FaceCalibration, FacePolicySetting

_newest = (
    select(FacePolicySetting.engine, func.max(FacePolicySetting.position).label("position"))
    .group_by(FacePolicySetting.engine)
    .subquery()
)
# Built once: every check-in runs it, and building the statement takes longer than running it.
_IN_FORCE = select(FacePolicySetting.engine, FacePolicySetting.calibration_id).join(
    _newest, FacePolicySetting.position == _newest.c.position
)


class FacePolicies:
    """The policies by model. The first packaged model is the model in use. Safe to use from several threads.

    The setting in force is read from the database each time. A calibration never changes, so it is read once.
    """

    def __init__(self, packaged: Mapping[str, PolicySet]) -> None:
        """Take the packaged policies by model."""
        self._packaged = dict(packaged)
        self._calibrated: dict[uuid.UUID, PolicySet] = {}
        self.current = next(iter(packaged))

    @property
    def models(self) -> tuple[str, ...]:
        """Return the models whose templates can be compared, the model in use first."""
        return tuple(self._packaged)

    def in_force(self, db: Session) -> dict[str, PolicySet]:
        """Return the policies in force by model, the model in use first."""
        found = dict(self._packaged)
        for engine, calibration_id in db.execute(_IN_FORCE):
            if engine in found and calibration_id is not None:
                found[engine] = self._read(db, calibration_id)
        return found

    def packaged(self, model: str) -> Policy:
        """Return the best packaged policy of a model. Raises KeyError for an unknown model."""
        return self._packaged[model].best

    def guard(self, model: str) -> Guard | None:
        """Return the packaged guard of a model, which calibrated policies keep. Raises KeyError."""
        return self.packaged(model).guard

    def _read(self, db: Session, calibration_id: uuid.UUID) -> PolicySet:
        known = self._calibrated.get(calibration_id)
        if known is None:
            content = db.scalars(select(FaceCalibration.policies).where(FaceCalibration.id == calibration_id)).one()
            known = self._calibrated[calibration_id] = self._read_set(content)
        return known

    def _read_set(self, content: Sequence[dict[str, object]]) -> PolicySet:
        """Return the policy set of a calibration; one that was made before there were guards gets the packaged one."""
        policies = [read_policy(each) for each in content]
        return PolicySet(tuple(replace(each, guard=each.guard or self.guard(each.engine)) for each in policies))


def find_setting(db: Session, engine: str) -> FacePolicySetting | None:
    """Return the setting of an engine, with the person who set it; None if nobody has set one."""
    newest = select(FacePolicySetting).where(FacePolicySetting.engine == engine)
    return db.scalars(newest.order_by(FacePolicySetting.position.desc()).limit(1)).first()


def is_of_gallery(db: Session, engine: str) -> bool:
    """Return whether the policies in force were made of the faces enrolled here, and not of other people."""
    setting = find_setting(db, engine)
    made = db.get(FaceCalibration, setting.calibration_id) if setting and setting.calibration_id else None
    return made is not None and made.source is CalibrationSource.GALLERY


def set_in_force(
    db: Session,
    *,
    engine: str,
    calibration_id: uuid.UUID | None,
    reason: str,
    now: datetime,
    actor_id: uuid.UUID | None = None,
    author: str | None = None,
) -> FacePolicySetting:
    """Set the calibration that an engine uses from now on; None for its packaged thresholds.

    actor_id: the admin who sets it; author: the person at the command line who sets it; both None for the system.
    Raises NotFound if the calibration does not exist or belongs to another engine.
    """
    if calibration_id is not None:
        found = db.get(FaceCalibration, calibration_id)
        if found is None or found.engine != engine:
            raise NotFound
    old = find_setting(db, engine)
    made = FacePolicySetting(
        engine=engine, calibration_id=calibration_id, set_at=now, set_by=actor_id, author=author, reason=reason
    )
    db.add(made)
    db.flush()
    before = {"calibration": str(old.calibration_id) if old and old.calibration_id else None}
    after = {"calibration": str(calibration_id) if calibration_id else None, "engine": engine, "author": author}
    subject = ("face_calibration", calibration_id or uuid.UUID(int=0))
    audit.record(db, actor_id, now, "face_policy.set", subject, reason=reason, before=before, after=after)
    return made
