"""Making what a test needs, through the domain where that is cheap, and committed."""

from datetime import date, timedelta
from typing import Any

from apiflask import APIFlask
from sqlalchemy.orm import Session

from accounts.enrolment import consent
from accounts.people.readings import set_name
from accounts.sign_in.passwords import hash_password
from foundation.clock import day_at_home
from foundation.sealing import FieldSeal
from models.accounts import Account
from models.base import new_id
from models.consent import ImpactAssessment
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from models.projects import Liveness, Project, ProjectStatus, QrMode, RosterEntry, RosterRole
from models.projects import Session as Session_
from tests import cheap_passwords
from tests.fakes import FakeClock, where_it_is_early

PASSWORD = "Ward-7-rounds!"
cheap_passwords.use()
_HASHED = hash_password(PASSWORD)


class Factories:
    """Makes units, people, projects and sessions."""

    def __init__(self, app: APIFlask, db: Session, clock: FakeClock) -> None:
        self._app, self._db, self._clock = app, db, clock
        self._next = 1
        self._root: Unit | None = None

    @property
    def state(self) -> tuple[Unit | None, int]:
        """The root of the tree, if there is one yet, and the number of the next person."""
        return self._root, self._next

    def go_on(self, root: Unit | None, number: int) -> None:
        """Go on where other factories were."""
        self._root, self._next = root, number

    def unit(self, *, parent: Unit | None = None, kind: UnitKind = UnitKind.HOSPITAL, name: str = "第一医院") -> Unit:
        """A unit; under the province if no parent is given."""
        made = self._add_unit(name, kind, parent or self.province)
        self._db.commit()
        return made

    @property
    def province(self) -> Unit:
        """The root of the tree."""
        if self._root is None:
            self._root = self._add_unit("某省", UnitKind.PROVINCE, None)
            self._db.commit()
        return self._root

    def _add_unit(self, name: str, kind: UnitKind, parent: Unit | None) -> Unit:
        """Add a unit without an audit entry: a test counts those of what it does itself."""
        ident = new_id()
        path = f"{parent.path if parent else ''}{ident.hex}/"
        made = Unit(id=ident, parent_id=parent.id if parent else None, kind=kind, name=name, path=path)
        self._db.add(made)
        self._db.flush()
        return made

    def person(
        self,
        *,
        unit: Unit | None = None,
        phone: str | None = None,
        id_number: str | None = None,
        must_change_password: bool = False,
        password_hash: str = _HASHED,
        **facts: Any,
    ) -> Person:
        """A learner with the password PASSWORD, or the one behind `password_hash`."""
        number, self._next = self._next, self._next + 1
        unit = unit or self.unit()
        seal: FieldSeal = self._app.extensions["components"].seal
        person = Person(
            cme_number=facts.pop("cme_number", f"33{number:08d}"),
            name=facts.pop("name", f"学员{number}"),
            unit_id=unit.id,
            created_at=self._clock.now(),
            phone_sealed=seal.seal("phone", phone) if phone else None,
            phone_hash=seal.blind("phone", phone) if phone else None,
            id_number_sealed=seal.seal("id_number", id_number) if id_number else None,
            id_number_hash=seal.blind("id_number", id_number) if id_number else None,
            **facts,
        )
        set_name(person, person.name)
        self._db.add(person)
        self._db.flush()
        self._db.add(
            Account(
                person_id=person.id,
                password_hash=password_hash,
                must_change_password=must_change_password,
                created_at=self._clock.now(),
            )
        )
        self._grant(person, Role.LEARNER, unit)
        self._db.commit()
        return person

    def staff(self, role: Role, unit: Unit, *more: Role) -> Person:
        """Somebody with a role over a unit, or with several."""
        person = self.person(unit=unit)
        for each in (role, *more):
            self._grant(person, each, unit)
        self._db.commit()
        return person

    def organizer(self, unit: Unit) -> Person:
        """An organizer of a unit."""
        return self.staff(Role.ORGANIZER, unit)

    def face_law(self) -> None:
        """What the law wants before a face may be enrolled: a consent text `test-1`, an impact assessment."""
        now = self._clock.now()
        consent.publish(self._db, version="test-1", text_zh="告知与同意", text_en="Notice and consent", now=now)
        self._db.add(
            ImpactAssessment(
                title="人脸识别影响评估",
                approved_by="某省卫健委",
                assessed_on=day_at_home(now) - timedelta(days=30),
                valid_until=day_at_home(now) + timedelta(days=300),
            )
        )
        self._db.commit()

    def project(self, *, unit: Unit, organizer: Person, **facts: Any) -> Project:
        """A project of a unit, running, a week around today."""
        today = day_at_home(self._clock.now())
        made = Project(
            unit_id=unit.id,
            reviewing_unit_id=facts.pop("reviewing_unit_id", self.province.id),
            name=facts.pop("name", "急诊医学新进展"),
            number=facts.pop("number", None),
            starts_on=facts.pop("starts_on", today - timedelta(days=3)),
            ends_on=facts.pop("ends_on", today + timedelta(days=3)),
            status=facts.pop("status", ProjectStatus.RUNNING),
            created_by=organizer.id,
            created_at=self._clock.now(),
            **facts,
        )
        self._db.add(made)
        self._db.commit()
        return made

    def session(self, project: Project, **facts: Any) -> Session_:
        """A session that begins in ten minutes and is open for checking in now."""
        now = self._clock.now()
        starts_at = facts.pop("starts_at", now + timedelta(minutes=10))
        ends_at = facts.pop("ends_at", starts_at + timedelta(hours=3))
        made = Session_(
            project_id=project.id,
            short_code=facts.pop("short_code", new_id().hex[-8:]),
            title="上午场",
            venue="一号会议厅",
            zone=facts.pop("zone", where_it_is_early(self._clock)),
            starts_at=starts_at,
            ends_at=ends_at,
            in_opens_at=facts.pop("in_opens_at", starts_at - timedelta(minutes=30)),
            late_from=facts.pop("late_from", starts_at),
            in_closes_at=facts.pop("in_closes_at", starts_at + timedelta(minutes=20)),
            out_opens_at=facts.pop("out_opens_at", ends_at - timedelta(minutes=20)),
            out_closes_at=facts.pop("out_closes_at", ends_at + timedelta(minutes=30)),
            qr_mode=facts.pop("qr_mode", QrMode.ROTATING),
            liveness=facts.pop("liveness", Liveness.NONE),
            **facts,
        )
        self._db.add(made)
        self._db.commit()
        return made

    def on_roster(self, project: Project, *persons: Person) -> None:
        """Have people expected at a project."""
        for person in persons:
            self._db.add(
                RosterEntry(
                    project_id=project.id, person_id=person.id, role=RosterRole.LEARNER, added_at=self._clock.now()
                )
            )
        self._db.commit()

    def _grant(self, person: Person, role: Role, unit: Unit) -> None:
        self._db.add(RoleGrant(person_id=person.id, role=role, unit_id=unit.id, granted_at=self._clock.now()))


def years_ago(today: date, years: int) -> date:
    """The same day some years earlier (the 28th for a leap day)."""
    return today.replace(year=today.year - years, day=min(today.day, 28))
