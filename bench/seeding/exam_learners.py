"""Seeds the benchmark of exams: learners on one roster, one exam drawn from a bank, and an access token for each.

The rows are written directly into an empty database before the service starts: hashing thousands of passwords would
take minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from accounts.people import people
from accounts.sign_in.passwords import hash_password
from attendance.exams.exams import ExamRules, NewExam, set_exam
from attendance.exams.papers import Draw
from attendance.questions.questions import NewQuestion, QuestionPlace, make_question
from bench.seeding.databases import migrated_engine
from foundation.callers import Caller, Grant
from models.accounts import Account, SignIn
from models.base import new_id
from models.exams import QuestionKind
from models.imports import ImportStatus
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from models.projects import Project, ProjectStatus, RosterEntry, RosterRole
from models.question_imports import QuestionImport
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.callers.tokens import issue

PASSWORD = "nobody signs in with it"  # noqa: S105 - of made-up people
_HASHED = hash_password(PASSWORD)
_OPTIONS = ("心房除极", "心室除极", "心室复极", "心房复极")
_DISCIPLINE = "心血管内科"
BANK = 1000
"""The number of questions in the bank. A fifth of each paper are the exam's own questions."""


@dataclass(frozen=True)
class Hall:
    """A token for each learner, valid for fifteen minutes, and the project of the exam."""

    tokens: list[str]
    project: str


def seed(settings: Settings, *, learners: int, questions: int) -> Hall:
    """Seed an empty database; return the tokens and the project."""
    now = datetime.now(UTC)
    engine = migrated_engine(settings)
    try:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            unit = people.add_unit(db, name="示范省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
            signed_in = [_learner(db, unit, number, now) for number in range(learners)]
            project = _project(db, unit, signed_in, now)
            _set_exam(db, project, signed_in[0], unit, questions, now)
    finally:
        engine.dispose()
    with create_app(settings).app_context():
        tokens = [issue(each, each.account).access_token for each in signed_in]
    return Hall(tokens, str(project.id))


def _learner(db: Session, unit: Unit, number: int, now: datetime) -> SignIn:
    person = Person(id=new_id(), cme_number=f"33{number:08d}", name="学员示范", unit_id=unit.id, created_at=now)
    account = Account(id=new_id(), person=person, password_hash=_HASHED, must_change_password=False, created_at=now)
    end = now + timedelta(hours=1)
    made = SignIn(id=new_id(), account=account, refresh_id=new_id(), method="password", created_at=now, expires_at=end)
    db.add_all([person, account, made])
    db.add(RoleGrant(person_id=person.id, role=Role.LEARNER, unit_id=unit.id, granted_at=now))
    return made


def _project(db: Session, unit: Unit, signed_in: list[SignIn], now: datetime) -> Project:
    project = Project(
        id=new_id(),
        unit_id=unit.id,
        reviewing_unit_id=unit.id,
        status=ProjectStatus.RUNNING,
        name="急诊医学新进展学习班",
        starts_on=now.date() - timedelta(days=1),
        ends_on=now.date() + timedelta(days=1),
        created_by=signed_in[0].account.person.id,
        created_at=now,
    )
    db.flush()
    db.add(project)
    db.add_all(
        RosterEntry(project_id=project.id, person_id=each.account.person.id, role=RosterRole.LEARNER, added_at=now)
        for each in signed_in
    )
    db.flush()
    return project


def _set_exam(db: Session, project: Project, by: SignIn, unit: Unit, questions: int, now: datetime) -> None:
    grants = (Grant(Role.ORGANIZER, unit.id, unit.path),)
    caller = Caller(by.account.person.id, by.account.id, by.id, unit.id, unit.path, grants)
    _fill_bank(db, by, unit, now)
    own = questions // 5
    rules = ExamRules(pass_mark=60, minutes=60, attempts=1, pause_minutes=0, needs_attendance=False)
    new = NewExam(rules, tuple(map(_question, range(own))), (Draw(_DISCIPLINE, questions - own),))
    set_exam(db, project=project, new=new, caller=caller, now=now)


def _fill_bank(db: Session, by: SignIn, unit: Unit, now: datetime) -> None:
    """Fill the bank as a file of questions does."""
    person_id = by.account.person.id
    file = QuestionImport(
        unit_id=unit.id, discipline=_DISCIPLINE, form="xlsx", questions=BANK, imported_by=person_id, imported_at=now,
        status=ImportStatus.COMMITTED, committed_by=person_id, committed_at=now,
    )  # fmt: skip
    db.add(file)
    db.flush()
    place = QuestionPlace(unit.id, discipline=_DISCIPLINE, import_id=file.id)
    db.add_all(
        make_question(_question(number), place=place, author_id=person_id, now=now, field="") for number in range(BANK)
    )
    db.flush()


def _question(number: int) -> NewQuestion:
    return NewQuestion(QuestionKind.SINGLE, f"第{number}题：心电图 P 波代表什么？", _OPTIONS, (0,))
