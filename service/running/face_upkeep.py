"""Regular upkeep of faces: new thresholds when the gallery has grown, new templates after a change of model."""

import logging
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.enrolment.recomputing import recompute_some
from accounts.face_errors import TooFewFaces
from accounts.thresholds.calibrations import recalibrate_if_due
from accounts.thresholds.monitoring import watch_if_due
from accounts.thresholds.policies import FacePolicies
from faces.engine import FaceEngine
from faces.engines.choosing import networks_of, policies_of
from faces.matching.vault import KeyRing
from faces.pool.client import PoolEngine
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.running.startup import loaded_networks

_log = logging.getLogger(__name__)
_MOST_FACES, _BATCH = 1000, 20  # new templates in one sweep, and in one transaction


def look_after_faces(settings: Settings, engine: Engine, now: datetime, faces: FaceEngine | None = None) -> None:
    """Run the upkeep of faces. faces: an engine to use instead of the face pool."""
    policies = FacePolicies(policies_of([settings.face_engine, *settings.face_engines_also]))
    ring = load_keys(settings).face_ring
    _look_after_thresholds(engine, policies, ring, now)
    _look_after_templates(engine, policies, ring, now, faces or _pool(settings))


def _pool(settings: Settings) -> PoolEngine:
    networks = loaded_networks(networks_of(settings.face_engine))
    return PoolEngine(settings.face_socket_path, settings.face_patience_seconds, networks)


def _look_after_templates(
    engine: Engine, policies: FacePolicies, ring: KeyRing, now: datetime, faces: FaceEngine
) -> None:
    """Compute new templates of kept photos after a change of model, one photo at a time, so that check-ins go on."""
    done = left = 0
    with Session(engine) as db:
        for _ in range(_MOST_FACES // _BATCH):
            batch = recompute_some(db, engine=faces, policies=policies, ring=ring, now=now, most=_BATCH)
            db.commit()
            done, left = done + batch.done, left + batch.left
            if batch.is_last:
                break
    if done or left:
        _log.info("templates computed anew of kept photos: %d; %d left, whose photos no longer pass", done, left)


def _look_after_thresholds(engine: Engine, policies: FacePolicies, ring: KeyRing, now: datetime) -> None:
    """Calibrate when the gallery has grown, and check once a day whether the thresholds still hold."""
    with Session(engine) as db:
        try:
            made = recalibrate_if_due(db, policies=policies, ring=ring, now=now)
            db.commit()
        except TooFewFaces:  # many accounts, but too few different people among them; the check below warns about it
            db.rollback()
            _log.warning("the faces were not calibrated: too few different people")
        else:
            if made is not None:
                _log.info("the faces were calibrated: %s, of %d people", made.version, made.people)
        watched = watch_if_due(db, policies=policies, ring=ring, now=now)
        db.commit()
        for warning in watched.warnings if watched is not None else ():
            _log.warning("the thresholds of faces need a look: %s", warning["code"])
