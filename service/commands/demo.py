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

from accounts.id_numbers import check_digit
from accounts.people import people
from accounts.sign_in.password_changes import list_changed
from attendance.sessions.liveness import allow_in_demo
from credit.claims.settings import open_claims
from foundation.clock import SystemClock, day_at_home
from foundation.sealing import FieldSeal
from models.base import new_id
from models.people import Person, Role, Unit, UnitKind
from models.projects import Liveness, Project, ProjectLevel, ProjectStatus, QrMode, RosterEntry, RosterRole
from models.projects import Session as VenueSession
from service.commands import demo_profiles
from service.commands.bootstrap import seed_face_law
from service.commands.demo_accounts import add_account
from service.commands.demo_certificate import add_certified
from service.commands.demo_guest import Guest, seed_guest
from service.configuration.keys import load_keys
from service.configuration.settings import Settings
from service.edge.database import prepare_engine

_LEARNERS = 24
_WITHOUT_PHONE = 2  # of the learners, the last ones
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
    """The demo's accounts; as text, a table for the terminal. changed: numbers whose password is no longer that one."""

    content: dict[str, Any]
    changed: frozenset[str] = frozenset()

    def __str__(self) -> str:
        rows = [("organizer 主办方", self.content["organizer"]), *self.content["admins"].items()]
        rows += [("learner 学员", each) for each in self.content["learners"]]
        rows.append(("certified 有证书", self.content["certified"]))
        lines = [f"{'':<18}{'继教编号':<10}{'password':<12}phone"]
        lines += [self._line(who, each) for who, each in rows]
        guest = self.content["out_of_province"]
        lines.append(
            f"{'out of province 非本省':<15}{guest['id_number']:<22}{'':<4}{guest['phone']} (ID number, phone, code)"
        )
        if self.changed:
            left = f"{len(rows) - len(self.changed)} of {len(rows)} passwords are initial"
            lines.append(f"已改 changed: the owner has set another password; {left}. An empty VAR begins anew.")
        return "\n".join([f"Demo at {self.content['base_url']} (each password must be changed at first)", *lines])

    def _line(self, who: str, account: dict[str, str]) -> str:
        mark = "已改 changed" if account["cme_number"] in self.changed else ""
        known = f"{who:<18}{account['cme_number']:<14}{account['password']:<12}"
        return f"{known}{account.get('phone', ''):<16}{mark}".rstrip()


def seed(settings: Settings) -> DemoTable:
    """Seed an empty database, or reopen the sessions of a seeded one; write VAR/demo.json and return the accounts."""
    now = SystemClock().now()
    engine = create_engine(settings.database)
    prepare_engine(engine)
    try:
        with Session(engine, expire_on_commit=False) as db, db.begin():
            seal = FieldSeal(load_keys(settings).lookup)
            if db.scalar(select(Person.id).limit(1)) is None:
                _seed_all(db, seal, now)
            guest = seed_guest(db, seal, now)
            add_certified(db, _certified(), seal=seal, numbers=settings.number_format, now=now)
            sessions = _seeded_sessions(db)
            _move_to_today(db, sessions, now)
            allow_in_demo(db, now=now)
            content = _describe(settings, sessions, guest)
            accounts = [content["organizer"], *content["admins"].values(), *content["learners"], content["certified"]]
            changed = list_changed(db, [each["cme_number"] for each in accounts])
    finally:
        engine.dispose()
    _write_whole(settings.var / "demo.json", content)
    return DemoTable(content, frozenset(changed))


def _seed_all(db: Session, seal: FieldSeal, now: datetime) -> None:
    province = people.add_unit(db, name="示范省", kind=UnitKind.PROVINCE, parent=None, caller=None, now=now)
    city = people.add_unit(db, name="示范市", kind=UnitKind.CITY, parent=province, caller=None, now=now)
    hospital = people.add_unit(db, name="示范市第一医院", kind=UnitKind.HOSPITAL, parent=city, caller=None, now=now)
    department = people.add_unit(db, name="急诊科", kind=UnitKind.DEPARTMENT, parent=hospital, caller=None, now=now)
    learners = [_person(db, seal, now, department, each) for each in _learners()]
    organizer = _person(db, seal, now, hospital, _organizer())
    people.give_role(db, person=organizer, role=Role.ORGANIZER, unit=hospital, giver=None, now=now)
    over = {Role.DEPARTMENT_ADMIN: department, Role.UNIT_ADMIN: hospital}
    for who, account in _admins().items():
        admin, role = _person(db, seal, now, hospital, account), _ADMINS[who][1]
        people.give_role(db, person=admin, role=role, unit=over.get(role, province), giver=None, now=now)
    open_claims(db, unit=hospital, now=now)
    seed_face_law(db, approved_by="示范省卫生健康委员会", now=now)
    _project(db, province, hospital, organizer, learners, now)


def _person(db: Session, seal: FieldSeal, now: datetime, unit: Unit, account: dict[str, str]) -> Person:
    person = add_account(db, account, unit=unit, seal=seal, now=now)
    demo_profiles.fill_in(db, seal, person=person, unit=unit, id_number=account["id_number"], now=now)
    return person


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
    asking = VenueSession(
        project_id=project.id, short_code=new_id().hex[-8:], title="第一天下午（活体检测）", venue="三号会议厅",
        zone=_ZONE.key, qr_mode=QrMode.ROTATING, liveness=Liveness.CHALLENGE, **times,
    )  # fmt: skip
    db.add_all([rotating, printed, asking])
    db.flush()


def _seeded_sessions(db: Session) -> list[VenueSession]:
    """Return the sessions of the seed. A demo that an older version seeded has two, none of them with a challenge."""
    first = db.scalars(select(VenueSession).order_by(VenueSession.id).limit(3)).all()
    return [*first[:2], *(each for each in first[2:] if each.liveness is Liveness.CHALLENGE)]


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


def _learners() -> list[dict[str, str]]:
    """Return the accounts of the learners. The last two have no phone, as some people in every hospital."""
    made = [_account(f"33100001{place + 1:02d}", f"{_NAMES[place]}示范", place) for place in range(_LEARNERS)]
    for without in made[-_WITHOUT_PHONE:]:
        del without["phone"]
    return made


def _organizer() -> dict[str, str]:
    return _account(_ORGANIZER, "主办方示范", _LEARNERS)


def _admins() -> dict[str, dict[str, str]]:
    return {
        who: _account(number, f"管理员示范 {who}", _LEARNERS + place)
        for place, (who, (number, _)) in enumerate(_ADMINS.items(), start=1)
    }


def _certified() -> dict[str, str]:
    return _account("3310000190", "持证示范", 190)


def _account(cme_number: str, name: str, place: int) -> dict[str, str]:
    """Return an account with an invented ID number: no region has the code 990000."""
    digits = f"99000019800101{place:03d}"
    return {
        "cme_number": cme_number,
        "password": _PASSWORD,
        "name": name,
        "phone": f"+861380000{place + 1001}",
        "id_number": digits + check_digit(digits),
    }


def _describe(settings: Settings, sessions: list[VenueSession], guest: Guest) -> dict[str, Any]:
    return {
        "base_url": settings.base_url,
        "learners": _learners(),
        "organizer": _organizer(),
        "admins": _admins(),
        "out_of_province": {
            "id_number": guest.id_number,
            "phone": guest.phone,
            "entries": [str(each) for each in guest.entries],
        },
        "certified": _certified(),
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
