"""Each view gets a call; reading takes no lock, and no database connection waits for a phone."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import event
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from models.people import Role
from service.configuration.settings import Settings
from service.edge.database import db as flask_db
from tests.api import Api
from tests.factories import Factories
from tests.fakes import face

ROOT = Path(__file__).parents[2]
SOME_ID = "01890000-0000-7000-8000-000000000000"
WRITING_GETS = {
    "people_credits.list_credits", "people_credits.get_compliance", "people_credits.get_summary",
    "face_cases.list_cases", "face_cases.get_case", "face_enrolments.list_face_people",
    "my_sign_ins.list_failed_sign_ins", "download_links.open_link",
    "my_data.get_my_data", "profiles.get_profile", "profiles.get_photo_of", "people.get_person",
    "people_summaries.get_annual_summary_of",
    "people_summaries.show_annual_summary_of", "people_summaries.get_multi_year_summary_of",
    "people.find_people", "audit.list_audit_entries", "rosters.list_roster", "rosters.get_roster_xlsx",
    "rosters.get_roster_csv", "rosters.list_waiting", "attendance_grid.show_attendance_grid",
    "attendance_grid.get_attendance_xlsx", "attendance_grid.get_attendance_csv", "sessions.list_attendance",
    "door.list_people_at_door",
}  # fmt: skip
"""Each look at somebody else, lists of people, their credits or failed sign-ins, the audit trail, and at the
people of a case, is audited; a download link is used up; the whole of one's own data is counted."""


class SlowPhone(io.BytesIO):
    """A body that notes when it is read."""

    def __init__(self, body: bytes, noted: list[str]) -> None:
        super().__init__(body)
        self._noted = noted

    def read(self, size: int | None = -1) -> bytes:
        self._noted.append("read")
        return super().read(size)

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override] # what Werkzeug's limited stream asks
        self._noted.append("read")
        return super().readinto(buffer)


@contextmanager
def noted_locks(app: APIFlask) -> Iterator[list[str]]:
    """The times that SQLite's write lock was asked for."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            asked.append(statement)

    with app.app_context():
        engine = flask_db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def noted_checkouts(app: APIFlask, noted: list[str]) -> Iterator[None]:
    """Note when a connection leaves the pool."""

    def note(*_: object) -> None:
        noted.append("connection")

    with app.app_context():
        pool = flask_db.engine.pool
    event.listen(pool, "checkout", note)
    yield
    event.remove(pool, "checkout", note)


def check_order(noted: list[str]) -> None:
    """Whether all of the body was read before the first connection was taken."""
    assert noted[0] == "read"
    assert "read" not in noted[noted.index("connection") :]


def reads(app: APIFlask) -> dict[str, str]:
    """The path of each GET, by its endpoint."""
    return {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}


def test_only_the_gets_that_audit_say_that_they_write(app: APIFlask) -> None:
    writing = {name for name, view in app.view_functions.items() if view.access.writes}  # type: ignore[union-attr]
    assert writing == WRITING_GETS
    assert writing <= set(reads(app))


def test_no_get_waits_for_the_one_who_writes_on_sqlite(
    app: APIFlask, api: Api, make: Factories, settings: Settings
) -> None:
    if not settings.database.startswith("sqlite"):
        pytest.skip("other databases have no one write lock")
    unit = make.unit()
    person = make.staff(Role.ORGANIZER, unit, *(set(Role) - {Role.ORGANIZER, Role.LEARNER}))
    project = make.project(unit=unit, organizer=person)
    ids = {"project_id": project.id, "session_id": make.session(project).id, "person_id": person.id}
    me = api.as_(person)
    answered = 0
    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"))) as writer, noted_locks(app) as asked:
        writer.execute("BEGIN IMMEDIATE")
        for endpoint, rule in reads(app).items():
            if endpoint in WRITING_GETS:
                continue
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids.get(found[1], SOME_ID)), rule)
            reply = me.get(path, query_string={"year": 2026, "cme_number": person.cme_number, "old": 0, "new": 0})
            assert asked == [], f"{endpoint} takes the write lock"
            assert reply.status_code < 500, endpoint
            answered += reply.status_code == 200
        writer.rollback()
    assert answered > len(reads(app)) // 2


def test_a_get_that_audits_takes_the_write_lock_as_it_begins(app: APIFlask, api: Api, make: Factories) -> None:
    unit = make.unit()
    person, me = make.person(unit=unit), api.as_(make.staff(Role.UNIT_ADMIN, unit))
    with noted_locks(app) as asked, app.app_context():
        assert me.get(f"/people/{person.id}/credits").status_code == 200
        assert bool(asked) == (flask_db.engine.dialect.name == "sqlite")


def test_an_upload_is_read_before_a_connection_is_taken(app: APIFlask, api: Api, make: Factories) -> None:
    make.face_law()
    me, noted = api.as_(make.person()), list[str]()
    boundary, body = encode_multipart(
        {"consent_version": "test-1", "photos": FileStorage(io.BytesIO(face("li")), "1.jpg")}
    )
    with noted_checkouts(app, noted):
        reply = me.call(
            "POST",
            "/me/face",
            headers={"Idempotency-Key": "a"},
            input_stream=SlowPhone(body, noted),
            content_type=f"multipart/form-data; boundary={boundary}",
            content_length=len(body),
        )
    assert reply.status_code == 201, reply.json
    check_order(noted)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/check-in-tickets", b'{"qr": "x"}'), ("/auth/login", b'{"cme_number": "330100", "password": "a guess"}')],
)
def test_json_is_read_before_a_connection_is_taken(
    app: APIFlask, api: Api, make: Factories, path: str, body: bytes
) -> None:
    me, noted = api.as_(make.person()), list[str]()
    with noted_checkouts(app, noted):
        stream = SlowPhone(body, noted)
        reply = me.call("POST", path, input_stream=stream, content_type="application/json", content_length=len(body))
    assert reply.status_code in (401, 422)
    check_order(noted)


def test_views_take_what_they_need_from_their_call_alone() -> None:
    forbidden = re.compile(
        r"\bread_only\b|\bdb\.session\b|\bparts\(\)|\bcomponents\(\)|\b(?:de|en)code_cursor\b|\bsplit_page\b"
        r"|from service\.edge\.components import components"
    )
    for path in sorted((ROOT / "service" / "api").rglob("*.py")):
        found = forbidden.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)} has {found and found[0]}"
