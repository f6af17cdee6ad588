"""The first page of a reviewer's queue with a hundred thousand open claims, compared with one of a thousand.

    python -m bench.claim_queue [--claims 100000] [--rounds 200] [--databases sqlite postgresql]

The same service answers the same request from both databases in turns, in one process and with a warm cache: of the
admin at whose unit all claims wait, and of one of another unit at which fifty wait among all the others.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from apiflask import APIFlask
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from accounts.sign_in.passwords import hash_password
from bench.two_sizes import DATABASES, compare, run, table_of
from models.accounts import Account
from models.base import new_id
from models.claims import Claim, ClaimMode, ClaimStatus, ReviewLevel
from models.people import Person, Role, RoleGrant, Unit, UnitKind
from service.app import create_app
from service.configuration.settings import Settings
from service.edge.migrating import migrate
from tests.api import Api
from tests.fakes import FakeEngine

SMALL = 1000
FEW = 50
GOAL = 1.5
A_PERSON = 5  # claims of one person
PORTION = 5000
PATH = "/reviews/claims"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
BUSY, QUIET = "all wait at my unit", "50 wait at my unit"


def main() -> None:
    """Fill the databases, measure, print the table and write the result."""
    run("claim_queue", __doc__, small=SMALL, large=("claims", 100_000), goal=GOAL, measure=measure, report=report)


def measure(database: str, claims: int, rounds: int) -> dict[str, Any]:
    """Return the figures of one database."""
    with ExitStack() as stack:
        clients: dict[str, dict[int, Api]] = {BUSY: {}, QUIET: {}}
        began = time.perf_counter()
        for size in (SMALL, claims):
            settings = stack.enter_context(DATABASES[database](str(size)))
            admins = _fill(settings, size)
            app: APIFlask = create_app(settings, engine=FakeEngine())
            for name, admin in admins.items():
                clients[name][size] = Api(app).as_(admin)
        seconds = round(time.perf_counter() - began, 1)
        return {
            "fill_seconds": seconds,
            "queues": {
                name: compare(PATH, each, rounds=rounds, count=("rows", _rows)) for name, each in clients.items()
            },
        }


def _rows(answer: Any) -> int:
    return len(answer["items"])


def _fill(settings: Settings, claims: int) -> dict[str, Person]:
    """Fill a database; return the admin of the busy unit and that of the quiet one."""
    migrate(settings)
    engine = create_engine(settings.database)
    with Session(engine, expire_on_commit=False) as db, db.begin():
        province = _unit(db, "某省", UnitKind.PROVINCE, None)
        busy, quiet = (_unit(db, name, UnitKind.HOSPITAL, province) for name in ("第一医院", "第二医院"))
        admins = {BUSY: _admin(db, busy, "3300000001"), QUIET: _admin(db, quiet, "3300000002")}
        for unit, number in ((busy, claims), (quiet, FEW)):
            people = [new_id() for _ in range(-(-number // A_PERSON))]
            for rows in _portions(people, unit):
                db.execute(insert(Person), rows)
            waiting = list(_claims(people, unit, number))
            for start in range(0, number, PORTION):
                db.execute(insert(Claim), waiting[start : start + PORTION])
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
    engine.dispose()
    return admins


def _unit(db: Session, name: str, kind: UnitKind, above: Unit | None) -> Unit:
    ident = new_id()
    path = f"{above.path if above else ''}{ident.hex}/"
    unit = Unit(id=ident, parent_id=above.id if above else None, kind=kind, name=name, path=path)
    db.add(unit)
    db.flush()
    return unit


def _admin(db: Session, unit: Unit, number: str) -> Person:
    person = Person(id=new_id(), cme_number=number, name="管理员", unit_id=unit.id, created_at=SINCE)
    db.add(person)
    db.flush()
    hashed = hash_password(new_id().hex)
    db.add(Account(person_id=person.id, password_hash=hashed, must_change_password=False, created_at=SINCE))
    db.add(RoleGrant(person_id=person.id, role=Role.UNIT_ADMIN, unit_id=unit.id, granted_at=SINCE))
    return person


def _portions(people: list[uuid.UUID], unit: Unit) -> Iterator[list[dict[str, Any]]]:
    rows = [{"id": each, "name": "学员", "unit_id": unit.id, "created_at": SINCE} for each in people]
    for start in range(0, len(rows), PORTION):
        yield rows[start : start + PORTION]


def _claims(people: list[uuid.UUID], unit: Unit, number: int) -> Iterator[dict[str, Any]]:
    for place in range(number):
        since = SINCE + timedelta(seconds=place)
        yield {
            "id": new_id(), "person_id": people[place % len(people)], "status": ClaimStatus.SUBMITTED,
            "mode": ClaimMode.WIZARD, "rule_code": "GRT-PRV", "rule_set": "ZJ-LEGACY", "rule_set_version": 1,
            "category": "GRT", "credit_class": "II", "rank": 3, "activity_name": f"心衰管理研究立项第{place}项",
            "activity_on": date(2026, 10, 1), "delivery_mode": "论文著作", "discipline_l2": "临床内科学",
            "discipline_l3": "心血管病学", "issuer": "示例医院", "hours": Decimal("6.0"), "is_same_day_study": False,
            "claimed_credits": Decimal("6.00"), "credits": Decimal("6.00"), "levels": ["unit"],
            "waits_for": ReviewLevel.UNIT, "review_unit_id": unit.id, "waiting_since": since, "made_at": since,
            "submitted_at": since,
        }  # fmt: skip


def report(found: dict[str, Any], claims: int) -> str:
    """Return one table for each database, with a row for each queue, as text."""
    return table_of(found, ("queues", "queue"), small=SMALL, large=claims, goal=GOAL)


if __name__ == "__main__":
    main()
