"""Regular upkeep: deleting what has served its time, handing in exams, signing the ledger, looking after faces.

The supervisor runs it every ten minutes.
"""

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine, delete
from sqlalchemy.orm import Session

from accounts.enrolled_faces import delete_unused
from accounts.errors import NotFound
from accounts.face_calibrations import recalibrate_if_due
from accounts.face_policies import FacePolicies
from accounts.face_watch import watch_if_due
from accounts.signing import Signer
from attendance.exam_hand_in import hand_in_overdue
from credit import tree_heads
from credit.errors import LedgerAltered
from faces.calibration import TooFewPeople
from faces.engines import policies_of
from models.accounts import SmsCode, Throttle
from models.edge import IdempotentReply
from models.jobs import Job
from service.database import prepare_engine
from service.keys import load_keys
from service.settings import Settings

_log = logging.getLogger(__name__)
_ALTERED = "the ledger was altered behind the service, at or after position %d"
_JOBS = timedelta(days=90)
_REPLIES = timedelta(hours=24)
_CODES = timedelta(hours=24)
_THROTTLES = timedelta(hours=48)  # longer than anything that a throttle remembers


def sweep(settings: Settings, *, now: datetime | None = None) -> None:
    """Delete replies, SMS codes, old jobs, limits that count nothing any more, faces out of use.

    Attempts at exams whose time is over are handed in, and the ledger is signed.
    """
    now = now or datetime.now(UTC)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            db.execute(delete(IdempotentReply).where(IdempotentReply.created_at < now - _REPLIES))
            db.execute(delete(SmsCode).where(SmsCode.sent_at < now - _CODES))
            db.execute(delete(Throttle).where(Throttle.window_from < now - _THROTTLES))
            db.execute(delete(Job).where(Job.created_at < now - _JOBS, Job.ended_at.is_not(None)))
            delete_unused(db, now=now)
        _hand_in_exams(engine, now)
        _sign_ledger(settings, engine, now)
        _look_after_faces(settings, engine, now)
    finally:
        engine.dispose()


def _hand_in_exams(engine: Engine, now: datetime) -> None:
    """A few hundred at a time, so that learners who are saving answers never wait long."""
    handed_in = 1
    while handed_in:
        with Session(engine) as db, db.begin():
            handed_in = hand_in_overdue(db, now=now)


def _sign_ledger(settings: Settings, engine: Engine, now: datetime) -> None:
    """Sign the ledger as it is now, if there is anything new in it; an altered one is told, and never signed."""
    signer = Signer(load_keys(settings).ledger)
    with Session(engine) as db:
        while tree_heads.catch_up(db):
            db.commit()
        try:
            tree_heads.sign_head(db, signer=signer, issuer=settings.base_url, now=now)
            db.commit()
        except NotFound:  # nothing was ever granted
            db.rollback()
        except LedgerAltered as altered:
            db.rollback()
            _log.critical(_ALTERED, altered.first)
        first = tree_heads.look_again(db, now=now)
        if first is not None:
            _log.critical(_ALTERED, first)


def _look_after_faces(settings: Settings, engine: Engine, now: datetime) -> None:
    """Calibrate when the gallery has grown, and look once a day whether the thresholds still hold."""
    policies = FacePolicies(policies_of([settings.face_engine, *settings.face_engines_also]))
    ring = load_keys(settings).face_ring
    with Session(engine) as db:
        try:
            made = recalibrate_if_due(db, engine=policies.current, ring=ring, now=now)
            db.commit()
        except TooFewPeople as few:  # many accounts, but hardly any different people among them: the watch tells
            db.rollback()
            _log.warning("the faces were not calibrated: %d different people", few.people)
        else:
            if made is not None:
                _log.info("the faces were calibrated: %s, of %d people", made.version, made.people)
        watched = watch_if_due(db, policies=policies, ring=ring, now=now)
        db.commit()
        for warning in watched.warnings if watched is not None else ():
            _log.warning("the thresholds of faces need a look: %s", warning["code"])
