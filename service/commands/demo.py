"""The demo: a small province with learners, an organizer, admins and an open session."""

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from accounts.people import people
from foundation.clock import SystemClock, day_at_home
from foundation.sealing import FieldSeal
from models.base import new_id
from models.people import Person, Role, Unit, UnitKind
from models.projects import Liveness, Project, ProjectLevel, ProjectStatus, QrMode, RosterEntry, RosterRole
from models.projects import Session as VenueSession
from service.commands.bootstrap import seed_face_law
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine

_LEARNERS = 24
_ORGANIZER = "3310000900"
_ADMINS = {
    "department": ("3310000901", Role.DEPARTMENT_ADMIN),
    "unit": ("3310000902", Role.UNIT_ADMIN),
    "authority": ("3310000903", Role.AUTHORITY),
    "system": ("3310000904", Role.SYSTEM_ADMIN),
}
_ZONE = ZoneInfo("Asia/Shanghai")
_NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_PASSWORD = "123456"  # noqa: S105 - the initial password of M-2.3, which must be changed


@dataclass(frozen=True)
class DemoTable:
    """The demo's accounts; as text, a table for the terminal."""

    content: dict[str, Any]

    def __str__(self) -> str:
        rows = [("organizer 主办方", self.content["organizer"]), *self.content["admins"].items()]
        rows += [("learner 学员", each) for each in self.content["learners"]]
        lines = [f"{'':<18}{'继教编号':<10}{'password':<12}phone"]
        lines += [
            f"{who:<18}{each['cme_number']:<14}{each['password']:<12}{each.get('phone', '')}" for who, each in rows
        ]
        return "\n".join([f"Demo at {self.content['base_url']} (each password must be changed at first)", *lines])


def seed(settings: Settings) -> DemoTable:
    """Seed an empty database, or reopen the sessions of a seeded one; write VAR/demo.json completely or not at all."""
    now = SystemClock().now()
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            if db.scalar(select(Person.id).limit(1)) is None:
                _seed_all(db, FieldSeal(load_keys(settings).lookup), now)
            sessions = list(db.scalars(select(VenueSession).order_by(VenueSession.id).limit(2)))  # those of the seed
            _move_to_today(db, sessions, now)
    finally:
        engine.dispose()
    content = _describe(settings, sessions)
    _write_whole(settings.var / "demo.json", content)
    return DemoTable(content)


def _seed_all(db: Session, seal: FieldSeal, now: datetime) -> None:
    province = people.add_unit(db, name="示范省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
    city = people.add_unit(db, name="示范市", kind=UnitKind.CITY, parent=province, caller=None, now=now)
    hospital = people.add_unit(db, name="示范市第一医院", kind=UnitKind.HOSPITAL, parent=city, caller=None, now=now)
    department = people.add_unit(db, name="急诊科", kind=UnitKind.DEPARTMENT, parent=hospital, caller=None, now=now)
    learners = [
        _person(db, seal, now, department, cme_number, f"{_NAMES[place]}示范", _phone(place))
        for place, cme_number in enumerate(_learner_numbers())
    ]
    organizer = _person(db, seal, now, hospital, _ORGANIZER, "主办方示范", None)
    people.give_role(db, person=organizer, role=Role.ORGANIZER, unit=hospital, giver=None, now=now)
    over = {Role.DEPARTMENT_ADMIN: department, Role.UNIT_ADMIN: hospital}
    for who, (cme_number, role) in _ADMINS.items():
        admin = _person(db, seal, now, hospital, cme_number, f"管理员示范 {who}", None)
        people.give_role(db, person=admin, role=role, unit=over.get(role, province), giver=None, now=now)
    seed_face_law(db, approved_by="示范省卫生健康委员会", now=now)
    _project(db, province, hospital, organizer, learners, now)


def _person(
    db: Session, seal: FieldSeal, now: datetime, unit: Unit, cme_number: str, name: str, phone: str | None
) -> Person:
    new = people.NewPerson(cme_number=cme_number, name=name, phone=phone)
    return people.add_person(db, new=new, unit=unit, initial_password=_PASSWORD, seal=seal, caller=None, now=now)


def _project(db: Session, province: Unit, unit: Unit, organizer: Person, learners: list[Person], now: datetime) -> None:
    project = Project(
        unit_id=unit.id,
        reviewing_unit_id=province.id,
        status=ProjectStatus.RUNNING,
        name="急诊医学新进展学习班",
        number="2026-10-01-001 (国)",
        level=ProjectLevel.NATIONAL,
        category="NAT",
        discipline="急诊学",
        credits=Decimal("5.00"),
        hours=Decimal("15.0"),
        starts_on=day_at_home(now),
        ends_on=day_at_home(now),
        created_by=organizer.id,
        created_at=now,
    )
    db.add(project)
    db.flush()
    for learner in learners:
        db.add(RosterEntry(project_id=project.id, person_id=learner.id, role=RosterRole.LEARNER, added_at=now))
    times = _times(now)
    rotating = VenueSession(
        project_id=project.id, short_code=new_id().hex[-8:], title="第一天上午", venue="一号会议厅",
        zone=_ZONE.key, qr_mode=QrMode.ROTATING, liveness=Liveness.NONE, **times,
    )  # fmt: skip
    printed = VenueSession(
        project_id=project.id, short_code=new_id().hex[-8:], title="第一天下午（打印二维码）", venue="二号会议厅",
        zone=_ZONE.key, qr_mode=QrMode.PRINTED, liveness=Liveness.NONE,
        latitude=30.25, longitude=120.17, radius_m=300, **times,
    )  # fmt: skip
    db.add_all([rotating, printed])
    db.flush()


def _move_to_today(db: Session, sessions: list[VenueSession], now: datetime) -> None:
    """Have the sessions run now and their project end today, unless it was ended: then its dates stay."""
    for session in sessions:
        project = db.get_one(Project, session.project_id)
        if project.status is not ProjectStatus.RUNNING:
            continue
        project.starts_on = project.ends_on = day_at_home(now)
        for name, instant in _times(now).items():
            setattr(session, name, instant)


def _times(now: datetime) -> dict[str, datetime]:
    """Return the times of a session that began an hour ago, or at midnight, and ends in five hours.

    People can check in until its end, and are late from then on, so that nobody is late.
    """
    midnight = now.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    starts_at, ends_at = max(now - timedelta(hours=1), midnight), now + timedelta(hours=5)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "in_opens_at": starts_at - timedelta(minutes=30),
        "late_from": ends_at,
        "in_closes_at": ends_at,
        "out_opens_at": ends_at - timedelta(minutes=20),
        "out_closes_at": ends_at + timedelta(minutes=30),
    }


def _learner_numbers() -> list[str]:
    return [f"33100001{place:02d}" for place in range(1, _LEARNERS + 1)]


def _phone(place: int) -> str:
    return f"+861380000{place + 1001}"


def _describe(settings: Settings, sessions: list[VenueSession]) -> dict[str, Any]:
    return {
        "base_url": settings.base_url,
        "learners": [
            {"cme_number": cme_number, "password": _PASSWORD, "phone": _phone(place)}
            for place, cme_number in enumerate(_learner_numbers())
        ],
        "organizer": {"cme_number": _ORGANIZER, "password": _PASSWORD},
        "admins": {who: {"cme_number": number, "password": _PASSWORD} for who, (number, _) in _ADMINS.items()},
        "sessions": [
            {
                "id": str(each.id),
                "project": str(each.project_id),
                "liveness": each.liveness.value,
                "qr_mode": each.qr_mode.value,
            }
            for each in sessions
        ],
    }


def _write_whole(path: Path, content: dict[str, Any]) -> None:
    number, draft = tempfile.mkstemp(dir=path.parent, prefix=".demo")
    with os.fdopen(number, "w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, indent=2)
    Path(draft).replace(path)
