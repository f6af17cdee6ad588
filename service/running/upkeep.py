"""Regular upkeep: deletes expired rows, submits exams after their time, reminds, signs the ledger, maintains faces.

The supervisor runs it every ten minutes.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, delete
from sqlalchemy.orm import Session

from accounts.enrolment.face_law import take_due_warning
from accounts.enrolment.unused_faces import delete_if_unused, find_unused
from accounts.face_batches.batches import close_dead
from accounts.people.readings import read_names
from accounts.sign_in.devices import KNOWN_FOR
from accounts.sign_in.repeats import REPEATED_WITHIN
from attendance.exams.hand_in import hand_in_overdue
from attendance.imports.importer import TABLES as ATTENDANCE_IMPORTS
from attendance.questions.question_cache import QuestionCache
from attendance.questions.question_imports.importer import QUESTION_IMPORTS
from attendance.settlement import reports
from credit.certificates import files as certificate_files
from credit.claims.passing_on import pass_on_all
from credit.errors import HeadNotSigned, LedgerAltered
from credit.evidence.evidence import sweep_unused
from credit.imports.importer import CREDIT_IMPORTS
from credit.ledger import tree_heads
from faces.engine import FaceEngine
from foundation.clock import day_at_home
from foundation.imports.engine import abandon
from foundation.imports.importers import ImportTables
from foundation.signing import Signer
from foundation.stored_files.records import sweep_files
from foundation.transactions import read_only
from models.accounts import SmsCode, Throttle
from models.edge import DownloadLink, IdempotentReply, SignInReply
from models.jobs import Job
from models.scans import PendingScan
from models.sign_in_proofs import FailedSignIn, KnownDevice, PasswordSlip
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.published_keys import ledger_key_set
from service.running.face_upkeep import look_after_faces
from service.running.file_stores import choose_files
from service.running.notice_upkeep import look_after_notices

_log = logging.getLogger(__name__)
_ALTERED = "the ledger was altered behind the service, at or after position %d"
_UNPUBLISHED = "the tree head of %d entries was signed with a key that is published nowhere: see LEDGER_OLD_PUBLIC_KEYS"
_ASSESSMENT_ENDS = "the impact assessment of faces ends in %d days, on %s: register its successor (scripts/face-law)"
_ASSESSMENT_ENDED = "the impact assessment of faces ended on %s: nobody can enrol until a new one is registered"
_JOBS = timedelta(days=90)
_REPLIES = timedelta(hours=24)
_CODES = timedelta(hours=24)
_FAILED_SIGN_INS = timedelta(days=180)  # PRIVACY L-18 wants logs of six months
_SLIPS = timedelta(days=1)  # longer than somebody may take to set a password after a slip has opened their account
_SCANS = timedelta(days=1)  # longer than a scan is good for, so that nobody else becomes the first who uses it
_THROTTLES = timedelta(hours=48)  # longer than the window of any throttle


def sweep(settings: Settings, *, now: datetime | None = None, faces: FaceEngine | None = None) -> None:
    """Delete stored replies, SMS codes, old scans, old jobs, expired limits, unused faces and abandoned previews.

    Also submit exam attempts whose time is over, tell organizers of reports that are due, enqueue reminders, sign the
    ledger, pass on claims whose reviewers are gone, and maintain thresholds and templates of faces.
    faces: an engine to use instead of the face pool.
    """
    now = now or datetime.now(UTC)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine) as db, db.begin():
            db.execute(delete(IdempotentReply).where(IdempotentReply.created_at < now - _REPLIES))
            db.execute(delete(SmsCode).where(SmsCode.sent_at < now - _CODES))
            db.execute(delete(Throttle).where(Throttle.window_from < now - _THROTTLES))
            db.execute(delete(SignInReply).where(SignInReply.created_at < now - REPEATED_WITHIN))
            db.execute(delete(DownloadLink).where(DownloadLink.expires_at < now))
            db.execute(delete(KnownDevice).where(KnownDevice.seen_at < now - KNOWN_FOR))
            db.execute(delete(PendingScan).where(PendingScan.until < now - _SCANS))
            db.execute(delete(PasswordSlip).where(PasswordSlip.expires_at < now - _SLIPS))
            certificate_files.delete_old(db, now=now)
            db.execute(delete(FailedSignIn).where(FailedSignIn.at < now - _FAILED_SIGN_INS))
            db.execute(delete(Job).where(Job.created_at < now - _JOBS, Job.ended_at.is_not(None)))
        _read_names(engine)
        _delete_unused_faces(engine, now)
        _warn_of_face_law(engine, now)
        _abandon_imports(engine, now)
        _close_face_batches(engine, now)
        _hand_in_exams(engine, now)
        _tell_of_reports(engine, now)
        with Session(engine) as db:
            pass_on_all(db, now=now)
        _sweep_files(settings, engine, now)
        look_after_notices(settings, engine, now)
        _sign_ledger(settings, engine, now)
        look_after_faces(settings, engine, now, faces)
    finally:
        engine.dispose()


def _read_names(engine: Engine) -> None:
    """Read names that have no pinyin yet, some hundred in one transaction: those of people of an earlier version."""
    read = 1
    while read:
        with Session(engine) as db, db.begin():
            read = read_names(db, limit=300)


def _delete_unused_faces(engine: Engine, now: datetime) -> None:
    """Delete unused faces, each in a transaction of its own, because nobody can enrol meanwhile."""
    with Session(engine) as db:
        with read_only(db):
            unused = find_unused(db, now=now)
        for person_id in unused:
            delete_if_unused(db, person_id=person_id, now=now)
            db.commit()


def _warn_of_face_law(engine: Engine, now: datetime) -> None:
    """Log a warning 90 and 30 days before the last impact assessment ends, and an error when it has ended."""
    with Session(engine) as db, db.begin():
        due = take_due_warning(db, today=day_at_home(now))
    if due is None or due.days_left is None:
        return
    if due.days_left >= 0:
        _log.warning(_ASSESSMENT_ENDS, due.days_left, due.until)
    else:
        _log.error(_ASSESSMENT_ENDED, due.until)


def _sweep_files(settings: Settings, engine: Engine, now: datetime) -> None:
    """Give up evidence that belongs to no claim, then delete stored files that nobody wants.

    A store that doesn't answer stops nothing else of the sweep.
    """
    swept = 1
    while swept:
        with Session(engine) as db, db.begin():
            swept = sweep_unused(db, now=now, unused=timedelta(days=settings.evidence_unused_days))
    try:
        sweep_files(engine, choose_files(settings, load_keys(settings)), now)
    except OSError as error:
        _log.error("the file store can't be swept: %s", error)


def _hand_in_exams(engine: Engine, now: datetime) -> None:
    """Hand in overdue exams, some hundred in one transaction, so that learners who save answers don't wait long."""
    handed_in, questions = 1, QuestionCache()
    while handed_in:
        with Session(engine) as db, db.begin():
            handed_in = hand_in_overdue(db, now=now, questions=questions)


def _tell_of_reports(engine: Engine, now: datetime) -> None:
    """Tell organizers of reports that are due soon or overdue, one project in one transaction."""
    with Session(engine) as db:
        with read_only(db):
            untold = reports.find_untold(db, now=now)
        for project_id in untold:
            with db.begin():
                reports.tell(db, project_id=project_id, now=now)


def _abandon_imports(engine: Engine, now: datetime) -> None:
    """Delete previews of imports that nobody committed, one portion in one transaction, for the same reason."""
    kinds: tuple[ImportTables[Any, Any], ...] = (ATTENDANCE_IMPORTS, CREDIT_IMPORTS, QUESTION_IMPORTS)
    for tables in kinds:
        deleted = 1
        while deleted:
            with Session(engine) as db, db.begin():
                deleted = abandon(db, tables, now=now)


def _close_face_batches(engine: Engine, now: datetime) -> None:
    """Delete the photos of batches whose job is dead, one batch in one transaction."""
    closed = 1
    while closed:
        with Session(engine) as db, db.begin():
            closed = close_dead(db, now=now)


def _sign_ledger(settings: Settings, engine: Engine, now: datetime) -> None:
    """Sign the ledger if it has new entries. If it was altered, log that and don't sign it."""
    keys = load_keys(settings)
    signer = Signer(keys.ledger)
    with Session(engine) as db:
        last = tree_heads.find_head(db)
        if last is not None and tree_heads.key_of(last) not in {each["kid"] for each in ledger_key_set(settings, keys)}:
            _log.critical(_UNPUBLISHED, last.size)
        while tree_heads.catch_up(db):
            db.commit()
        try:
            tree_heads.sign_head(db, signer=signer, issuer=settings.base_url, now=now)
            db.commit()
        except HeadNotSigned:  # the ledger is empty
            db.rollback()
        except LedgerAltered as altered:
            db.rollback()
            _log.critical(_ALTERED, altered.first)
        first = tree_heads.look_again(db, now=now)
        if first is not None:
            _log.critical(_ALTERED, first)
