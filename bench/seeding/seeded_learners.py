"""Seeds the benchmarks of check-ins: learners with enrolled faces, open sessions, and an access token for each person.

The rows are written directly into an empty database before the service starts. Hashing hundreds of passwords would take
minutes, and the search for duplicates would refuse the faces: several learners share one, as there are few photos.
"""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from accounts.people import people
from accounts.sign_in.passwords import hash_password
from accounts.sign_in.sign_ins import bearer_of, caller_of
from attendance.projects.projects import NewProject, create_project
from attendance.roster.rosters import AskedPeople, add_people
from attendance.sessions.sessions import NewSession, create_session
from attendance.sessions.windows import WindowWishes
from bench.seeding.databases import migrated_engine
from faces.matching.template import Template
from faces.matching.vault import KeyRing, new_person_key, seal
from models.accounts import Account, SignIn
from models.base import new_id
from models.faces import FaceCounter, FaceKey, FaceTemplate, TemplateStatus
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from models.projects import Liveness, ProjectStatus, QrMode, RosterRole
from models.projects import Session as VenueSession
from service.app import create_app
from service.commands.bootstrap import seed_face_law
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.callers.tokens import issue


@dataclass(frozen=True)
class SeededLearners:
    """Access tokens, valid for fifteen minutes, and the ids of the open sessions. learners: one token each."""

    organizer: str
    learners: list[str]
    sessions: list[str]


def settings_in(var: Path, port: int = 8000) -> Settings:
    """Return the default settings with an engine. A database from the shell's environment is never used."""
    settings = Settings.model_construct(var=var, port=port)
    return settings.model_copy(update={"face_engine": os.environ.get("FACE_ENGINE") or settings.face_engine})


def seed(settings: Settings, templates: Sequence[Template], *, learners: int, sessions: int) -> SeededLearners:
    """Seed an empty database; return tokens and sessions. Learner i has the face of template i modulo their number."""
    ring, now = load_keys(settings).face_ring, datetime.now(UTC)
    engine = migrated_engine(settings)
    try:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            unit = people.add_unit(db, name="示范省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
            seed_face_law(db, approved_by="示范省卫生健康委员会", now=now)
            organizer = _organizer(db, unit, now)
            accounts = [_learner(db, unit, number, now) for number in range(learners)]
            db.flush()
            for position, account in enumerate(accounts):
                _enrol(db, account.person_id, position + 1, templates[position % len(templates)], ring, now)
            db.add(FaceCounter(id=1, last=learners))
            opened = _open_sessions(db, organizer, accounts, sessions, now)
            signed_in = [_sign_in(db, account, now) for account in accounts]
    finally:
        engine.dispose()
    with create_app(settings).app_context():
        tokens = [issue(each, each.account).access_token for each in [organizer, *signed_in]]
    return SeededLearners(tokens[0], tokens[1:], [str(each.id) for each in opened])


_HASHED = hash_password("nobody signs in with it")


def _account(db: Session, unit: Unit, cme_number: str, roles: Sequence[Role], now: datetime) -> Account:
    person = Person(id=new_id(), cme_number=cme_number, name="学员示范", unit_id=unit.id, created_at=now)
    account = Account(id=new_id(), person=person, password_hash=_HASHED, must_change_password=False, created_at=now)
    db.add_all([person, account])
    db.flush()
    db.add_all([RoleGrant(person_id=person.id, role=role, unit_id=unit.id, granted_at=now) for role in roles])
    return account


def _learner(db: Session, unit: Unit, number: int, now: datetime) -> Account:
    return _account(db, unit, _cme_number(number), [Role.LEARNER], now)


def _cme_number(number: int) -> str:
    return f"33{number:08d}"


def _organizer(db: Session, unit: Unit, now: datetime) -> SignIn:
    account = _account(db, unit, "3399999999", [Role.LEARNER, Role.ORGANIZER], now)
    return _sign_in(db, account, now)


def _sign_in(db: Session, account: Account, now: datetime) -> SignIn:
    made = SignIn(
        id=new_id(),
        account=account,
        refresh_id=new_id(),
        method="password",
        created_at=now,
        expires_at=now + timedelta(hours=1),
    )
    db.add(made)
    return made


def _enrol(db: Session, person_id: uuid.UUID, position: int, template: Template, ring: KeyRing, now: datetime) -> None:
    key = new_person_key(ring)
    db.add(FaceKey(person_id=person_id, master_id=key.master_id, wrapped=key.blob, created_at=now))
    db.add(
        FaceTemplate(
            person_id=person_id,
            position=position,
            status=TemplateStatus.ACTIVE,
            sealed=seal(template, key, ring, person_id.bytes),
            engine=template.engine,
            networks="+".join(template.descriptors),
            photos=template.photos,
            quality=[],
            enrolled_at=now,
            last_shown_on=now.date(),
        )
    )


def _open_sessions(
    db: Session, organizer: SignIn, learners: Sequence[Account], count: int, now: datetime
) -> list[VenueSession]:
    """Add one project with all learners on its roster; return its `count` sessions, which are open for check-in now."""
    db.flush()
    claims = {"family": str(organizer.id), "sub": str(organizer.account.id)}
    caller = caller_of(db, bearer_of(claims))
    first, last = now.date() - timedelta(days=2), now.date() + timedelta(days=2)
    new = NewProject(name="急诊医学新进展学习班", starts_on=first, ends_on=last)
    project = create_project(db, new=new, caller=caller, now=now)
    project.status = ProjectStatus.RUNNING
    numbers = [_cme_number(number) for number in range(len(learners))]
    add_people(db, project=project, asked=AskedPeople(numbers), role=RosterRole.LEARNER, caller=caller, now=now)
    session = NewSession(
        title="上午场",
        venue="一号会议厅",
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=5),
        zone="Asia/Shanghai",
        qr_mode=QrMode.ROTATING,
        liveness=Liveness.NONE,
        windows=WindowWishes(in_opens_at=now - timedelta(minutes=5)),
    )
    return [create_session(db, project=project, new=session, caller=caller, now=now) for _ in range(count)]
