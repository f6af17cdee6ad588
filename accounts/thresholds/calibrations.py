"""Calibrates thresholds on the enrolled faces: chooses the faces, decides when it is due, and stores the result."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.damaged_faces import open_or_none
from accounts.face_errors import TooFewFaces
from accounts.thresholds.policies import FacePolicies, find_setting, set_in_force
from faces.calibration.calibrating import Calibration, TooFewPeople, WantedShares, calibrate, describe
from faces.calibration.pairs import Person, Yardstick
from faces.matching.policy import Guard
from faces.matching.policy_json import write_policy
from faces.matching.template import Template
from faces.matching.vault import KeyRing, WrappedKey
from foundation.clock import day_at_home
from foundation.transactions import read_only
from models.face_policies import CalibrationSource, FaceCalibration
from models.faces import FaceKey, FaceTemplate, TemplateStatus

LEAST_PEOPLE = 50
"""From this number of faces on, thresholds are computed from the deployment's own people."""
GROWTH = 1.5
"""A gallery that has grown by this factor is calibrated again."""
MOST_PEOPLE = 1500
"""Of a larger gallery so many are drawn: they make two million pairs, more than any rate wanted needs."""
MOST_ALIKE = 0.1
"""If a larger share of accounts looks like other accounts, the result is not set in force automatically."""


@dataclass(frozen=True, eq=False)
class Gallery:
    """The enrolled faces to calibrate on. networks: all faces have embeddings of these, the engine's own first."""

    engine: str
    networks: tuple[str, ...]
    person_ids: tuple[uuid.UUID, ...]
    people: tuple[Person, ...]

    def __len__(self) -> int:
        return len(self.people)


def count_faces(db: Session, engine: str, *, before: datetime | None = None) -> dict[tuple[str, ...], int]:
    """Return the number of active faces by the networks of their embeddings. before: count faces enrolled before it."""
    counted = (
        select(FaceTemplate.networks, func.count())
        .where(FaceTemplate.engine == engine, FaceTemplate.status == TemplateStatus.ACTIVE, FaceTemplate.networks != "")
        .group_by(FaceTemplate.networks)
    )
    if before is not None:
        counted = counted.where(FaceTemplate.enrolled_at <= before)
    return {tuple(networks.split("+")): count for networks, count in db.execute(counted)}


def open_gallery(db: Session, *, engine: str, ring: KeyRing) -> Gallery:
    """Decrypt and return the faces to calibrate on.

    It uses all networks if enough faces have embeddings of all, else only the engine's own. Of a larger gallery it
    draws `MOST_PEOPLE` people, always the same ones for the same gallery.
    """
    counts = count_faces(db, engine)
    networks = max((each for each in counts if counts[each] >= LEAST_PEOPLE), key=len, default=(engine,))
    fitting = ["+".join(each) for each in counts if set(networks) <= set(each)]
    wanted = select(FaceTemplate.id).where(
        FaceTemplate.engine == engine,
        FaceTemplate.status == TemplateStatus.ACTIVE,
        FaceTemplate.networks.in_(fitting),
    )
    ids: Sequence[uuid.UUID] = db.scalars(wanted.order_by(FaceTemplate.position)).all()
    if len(ids) > MOST_PEOPLE:
        drawn = np.random.default_rng(len(ids)).choice(len(ids), MOST_PEOPLE, replace=False)
        ids = [ids[place] for place in sorted(drawn)]
    opened = [(person_id, template) for person_id, template in _open(db, ids, ring) if template.singles]
    return Gallery(
        engine, networks, tuple(person_id for person_id, _ in opened), tuple(template.singles for _, template in opened)
    )


def _open(db: Session, ids: Sequence[uuid.UUID], ring: KeyRing) -> list[tuple[uuid.UUID, Template]]:
    rows = db.execute(
        select(FaceTemplate.id, FaceTemplate.person_id, FaceTemplate.sealed, FaceKey.master_id, FaceKey.wrapped)
        .join(FaceKey, FaceKey.person_id == FaceTemplate.person_id)
        .where(FaceTemplate.id.in_(ids))
        .order_by(FaceTemplate.position)
    )
    opened = (
        (
            row.person_id,
            open_or_none(
                row.sealed,
                WrappedKey(row.master_id, row.wrapped),
                ring,
                person_id=row.person_id,
                template_id=row.id,
            ),
        )
        for row in rows
    )
    return [(person_id, template) for person_id, template in opened if template is not None]


def compute(
    people: Sequence[Person],
    networks: Sequence[str],
    *,
    version: str,
    source: str,
    guard: Guard | None,
    wanted: WantedShares | None = None,
) -> list[Calibration]:
    """Calibrate all networks together, and also the engine's own alone, for faces without the others.

    guard: the plain thresholds of the engine's own network, which all of them keep. Raises TooFewPeople.
    """
    sets = [tuple(networks)] if len(networks) == 1 else [tuple(networks), (networks[0],)]
    return [
        calibrate(people, Yardstick(models), version=version, source=source, wanted=wanted, guard=guard)
        for models in sets
    ]


def keep(
    db: Session, *, calibrations: Sequence[Calibration], source: CalibrationSource, now: datetime
) -> FaceCalibration:
    """Store the calibrations and return the row. They have no effect until they are set in force."""
    best = calibrations[0]
    row = FaceCalibration(
        version=best.policy.version,
        engine=best.policy.engine,
        source=source,
        people=best.people,
        policies=[write_policy(each.policy) for each in calibrations],
        limits=[[dict(line) for line in describe(each)] for each in calibrations],
        is_claimed=best.is_claimed,
        computed_at=now,
    )
    db.add(row)
    db.flush()
    return row


def next_version(db: Session, source: CalibrationSource) -> str:
    """Return a version name that no calibration has yet, such as gallery-3."""
    count = db.scalar(select(func.count()).select_from(FaceCalibration)) or 0
    return f"{source.value}-{count + 1}"


def is_due(db: Session, engine: str) -> bool:
    """Return whether the gallery is large enough for a first calibration, or has grown enough for the next one."""
    counts = count_faces(db, engine)
    best = max((each for each in counts if counts[each] >= LEAST_PEOPLE), key=len, default=None)
    if best is None:
        return sum(counts.values()) >= LEAST_PEOPLE and _newest(db, engine) is None
    newest = _newest(db, engine)
    if newest is None or len(newest.policies) < len(best):
        return True
    # Not newest.people: it leaves out people who were not drawn, and people who look like another person.
    then = count_faces(db, engine, before=newest.computed_at)
    return _having(counts, best) >= GROWTH * _having(then, best)


def _newest(db: Session, engine: str) -> FaceCalibration | None:
    made = select(FaceCalibration).where(
        FaceCalibration.engine == engine, FaceCalibration.source == CalibrationSource.GALLERY
    )
    return db.scalars(made.order_by(FaceCalibration.id.desc()).limit(1)).first()


def calibrate_gallery(db: Session, *, policies: FacePolicies, ring: KeyRing, now: datetime) -> FaceCalibration:
    """Calibrate the model in use on the enrolled faces, store the result and return it. Raises TooFewFaces."""
    engine = policies.current
    with read_only(db):
        gallery = open_gallery(db, engine=engine, ring=ring)
        version = next_version(db, CalibrationSource.GALLERY)
    source = f"{len(gallery)} faces enrolled here, on {day_at_home(now).isoformat()}"
    try:
        guard = policies.guard(engine)
        calibrations = compute(gallery.people, gallery.networks, version=version, source=source, guard=guard)
    except TooFewPeople as few:
        raise TooFewFaces from few
    return keep(db, calibrations=calibrations, source=CalibrationSource.GALLERY, now=now)


def may_set_itself(db: Session, engine: str) -> bool:
    """Return whether a new calibration takes effect automatically: True unless an admin has decided otherwise."""
    setting = find_setting(db, engine)
    return setting is None or setting.set_by is None


def recalibrate_if_due(db: Session, *, policies: FacePolicies, ring: KeyRing, now: datetime) -> FaceCalibration | None:
    """Calibrate the model in use if it is due, and set the result in force unless an admin has decided otherwise.

    If many accounts of the gallery have similar faces, the result is only stored, and an admin must set it in force.
    """
    engine = policies.current
    with read_only(db):
        if not is_due(db, engine):
            return None
    made = calibrate_gallery(db, policies=policies, ring=ring, now=now)
    seen: dict[tuple[str, ...], int] = count_faces(db, engine)
    wanted = [part["model"] for part in made.policies[0]["measure"]]
    is_clean = made.people >= (1 - MOST_ALIKE) * min(MOST_PEOPLE, _having(seen, wanted))
    if is_clean and may_set_itself(db, engine):
        set_in_force(
            db, engine=engine, calibration_id=made.id, now=now, reason=f"the gallery has grown to {made.people} people"
        )
    return made


def _having(counts: dict[tuple[str, ...], int], wanted: Sequence[str]) -> int:
    """Return how many faces have embeddings of all these networks."""
    return sum(count for networks, count in counts.items() if set(wanted) <= set(networks))
