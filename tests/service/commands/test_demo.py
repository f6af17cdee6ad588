"""The demo: its sessions run now and its project ends today, at each start."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.orm import Session

from models.certificates import Certificate
from models.ledger import LedgerEntry
from models.people import Person
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from service.commands import demo
from service.configuration.settings import Settings
from tests.fakes import FakeClock

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def place(tmp_path: Path, blank_file: Path) -> Settings:
    """A data folder whose database is empty."""
    shutil.copy(blank_file, tmp_path / "cme.db")
    return Settings(var=tmp_path)


@pytest.fixture
def engine(place: Settings) -> Iterator[Engine]:
    made = create_engine(place.database)
    yield made
    made.dispose()


def start(monkeypatch: pytest.MonkeyPatch, place: Settings, now: datetime) -> None:
    monkeypatch.setattr(demo, "SystemClock", lambda: FakeClock(now))
    demo.seed(place)


def seen(engine: Engine) -> tuple[list[VenueSession], Project]:
    with Session(engine) as db:
        return list(db.scalars(select(VenueSession).order_by(VenueSession.id))), db.scalars(select(Project)).one()


@pytest.mark.parametrize(
    ("clock", "starts"), [("10:30", "09:30"), ("00:20", "00:00"), ("23:40", "22:40"), ("01:00", "00:00")]
)
def test_sessions_run_for_five_hours_more_and_the_project_ends_today(
    monkeypatch: pytest.MonkeyPatch, place: Settings, engine: Engine, clock: str, starts: str
) -> None:
    for day in ("2026-11-24", "2027-02-01"):  # a first start, and an old demo that is started again
        now = datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZONE).astimezone(UTC)
        start(monkeypatch, place, now)
        sessions, project = seen(engine)
        assert (project.starts_on.isoformat(), project.ends_on.isoformat()) == (day, day)
        assert len(sessions) == 3
        for session in sessions:
            assert session.starts_at.astimezone(ZONE).isoformat() == f"{day}T{starts}:00+08:00"
            assert session.ends_at == session.in_closes_at == session.late_from == now + timedelta(hours=5)
            assert session.in_opens_at <= session.starts_at <= now


def test_a_demo_whose_project_was_ended_keeps_its_days(
    monkeypatch: pytest.MonkeyPatch, place: Settings, engine: Engine
) -> None:
    now = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    start(monkeypatch, place, now)
    with Session(engine) as db, db.begin():
        db.execute(update(Project).values(status=ProjectStatus.SETTLED))
    start(monkeypatch, place, now + timedelta(days=9))
    sessions, project = seen(engine)
    assert project.ends_on.isoformat() == "2026-11-24"
    assert {session.ends_at for session in sessions} == {now + timedelta(hours=5)}


def test_one_learner_has_a_certificate_and_the_others_an_empty_ledger(
    monkeypatch: pytest.MonkeyPatch, place: Settings, engine: Engine
) -> None:
    for day in ("2026-11-24", "2026-11-25"):  # a second start adds nothing
        start(monkeypatch, place, datetime.fromisoformat(f"{day}T10:30:00").replace(tzinfo=ZONE).astimezone(UTC))
    told = json.loads((place.var / "demo.json").read_text(encoding="utf-8"))["certified"]
    with Session(engine) as db:
        (row,) = db.scalars(select(Certificate)).all()
        person = db.get_one(Person, row.person_id)
        entries = db.scalars(select(LedgerEntry)).all()
        of_learners = {entry.person_id: entry for entry in entries if person_number(db, entry) is not None}
    assert person.cme_number == told["cme_number"]
    assert {owner: entry.id for owner, entry in of_learners.items()} == {person.id: row.entry_id}
    assert told["password"]


def person_number(db: Session, entry: LedgerEntry) -> str | None:
    """The 继教编号 of whose entry it is; the guest of another province has none."""
    return db.get_one(Person, entry.person_id).cme_number
