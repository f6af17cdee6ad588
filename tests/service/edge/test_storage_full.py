"""A database without room: writes are refused whole, reads go on, and the same request works once there is room."""

import contextlib
import errno
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import event, func, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from models.edge import AuditEntry, IdempotentReply
from models.exams import Question
from models.people import Role
from service.edge.answers.storage import RETRY_SECONDS
from service.edge.database import db as flask_db
from tests.api import Api, Reply
from tests.factories import Factories

Full = Callable[[], AbstractContextManager[None]]
TABLES = (Question, AuditEntry, IdempotentReply)


@pytest.fixture
def full(app: APIFlask, db: Session) -> Full:
    """Takes all room from the database for a while: SQLite gets no more pages, PostgreSQL raises its error."""
    return (lambda: _no_more_pages(app)) if db.get_bind().dialect.name == "sqlite" else (lambda: _disk_full(db))


@contextlib.contextmanager
def _no_more_pages(app: APIFlask) -> Iterator[None]:
    def limit(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA max_page_count=1")  # SQLite takes as many as there are
        cursor.close()

    with app.app_context():
        engine = flask_db.engine
    engine.dispose()
    with contextlib.closing(sqlite3.connect(str(engine.url.database))) as bare:
        bare.execute("VACUUM")  # migrations leave empty pages
    event.listen(engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(engine, "connect", limit)
        engine.dispose()


@contextlib.contextmanager
def _disk_full(db: Session) -> Iterator[None]:
    fail = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    db.execute(text(f"CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ {fail} $$"))
    for table in TABLES:
        name = table.__tablename__
        db.execute(text(f"CREATE TRIGGER no_room BEFORE INSERT ON {name} FOR EACH ROW EXECUTE FUNCTION no_room()"))
    try:
        yield
    finally:
        db.execute(text("DROP FUNCTION no_room CASCADE"))


def count(db: Session, table: Any) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def add_question(api: Api, **headers: str) -> Reply:
    """Add a question of 12 kB, for which no page has room."""
    question = {"discipline": "内科", "kind": "true_false", "text": "问" * 3900, "correct": [0]}
    return api.post("/question-bank", question, headers=headers)


def assert_full(reply: Reply) -> None:
    assert (reply.status_code, reply.json["code"]) == (503, "storage_full")
    assert reply.headers["Retry-After"] == str(RETRY_SECONDS)


def test_a_write_is_refused_whole_and_the_same_one_works_once_there_is_room(
    api: Api, make: Factories, db: Session, full: Full
) -> None:
    organizer = api.as_(make.organizer(make.unit()))
    with full():
        for _ in range(3):
            assert_full(add_question(organizer, **{"Idempotency-Key": "one"}))
            for path in ("/me", "/question-bank", "/projects"):
                assert organizer.get(path).status_code == 200, path
    assert [count(db, table) for table in TABLES] == [0, 0, 0]
    made = add_question(organizer, **{"Idempotency-Key": "one"})
    assert made.status_code == 201
    assert add_question(organizer, **{"Idempotency-Key": "one"}).json == made.json
    assert count(db, Question) == 1


def test_a_read_that_must_be_audited_is_refused_where_it_cannot_be(
    api: Api, make: Factories, db: Session, full: Full
) -> None:
    unit = make.unit()
    person, authority = make.person(unit=unit), api.as_(make.staff(Role.AUTHORITY, unit))
    path = f"/people/{person.id}/credits"
    assert authority.get(path).status_code == 200
    before, seen = count(db, AuditEntry), 0
    with full():
        for _ in range(500):  # while there is room left in pages that are there
            reply = authority.get(path)
            if reply.status_code != 200:
                break
            seen += 1
        assert_full(reply)
    assert count(db, AuditEntry) == before + seen
    assert authority.get(path).status_code == 200


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_refusal_says_what_to_do(api: Api, make: Factories, full: Full, language: str) -> None:
    organizer = api.as_(make.organizer(make.unit()))
    with full():
        reply = add_question(organizer, **{"Accept-Language": language})
    assert reply.json["hint"].isascii() == (language == "en")


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "storage_full"), (errno.EIO, "internal_error")])
def test_a_file_that_cannot_be_written_for_want_of_room_says_so(
    app: APIFlask, api: Api, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def no_room() -> None:
        raise OSError(number, "no")

    monkeypatch.setitem(app.view_functions, "health.healthz", no_room)
    app.testing = False
    assert api.get("/healthz").json["code"] == code
