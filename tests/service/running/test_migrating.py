"""Bringing a database with rows in it to the newest schema."""

from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, column, create_engine, table, text

from models.base import new_id
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.migrating import alembic_config, migrate

BEFORE_THE_LIFE_OF_PROJECTS = "43a381276ffe"
BEFORE_IMPORTS_BY_JOBS = "847d5f10a888"
BEFORE_OBSERVATIONS = "8d1f0c3b7e52"
BEFORE_MENDED_EXAMS = "8d1f0c3b7e52"
BEFORE_HELD_ENROLMENTS = "e5a1c07d93b4"


def old_rows(connection: Connection) -> dict[str, Any]:
    """A province and a hospital, two projects of the same number, and a session, as they were then."""
    ids = {name: new_id().hex for name in ("province", "hospital", "person", "one", "two", "session")}
    path = f"{ids['province']}/"
    at = "2026-01-01 00:00:00"
    add(connection, "unit", id=ids["province"], kind="province", name="某省", path=path)
    hospital = {"id": ids["hospital"], "parent_id": ids["province"], "path": f"{path}{ids['hospital']}/"}
    add(connection, "unit", kind="hospital", name="某院", **hospital)
    add(connection, "person", id=ids["person"], name="甲", unit_id=ids["hospital"], created_at=at)
    dates = {"starts_on": "2026-01-01", "ends_on": "2026-01-02", "created_by": ids["person"], "created_at": at}
    for name in ("one", "two"):
        add(connection, "project", id=ids[name], unit_id=ids["hospital"], name="班", number="2026-01", **dates)
    windows = dict.fromkeys(("in_opens_at", "late_from", "in_closes_at", "out_opens_at", "out_closes_at"), at)
    times = {"starts_at": at, "ends_at": "2026-01-01 04:00:00", "zone": "Asia/Shanghai", **windows}
    what = {"short_code": "abcd2345", "title": "上午", "venue": "厅", "qr_mode": "rotating", "liveness": "none"}
    add(connection, "session", id=ids["session"], project_id=ids["one"], **what, **times)
    return ids


def add(connection: Connection, into: str, /, **values: Any) -> None:
    connection.execute(table(into, *map(column, values)).insert().values(**values))


def test_projects_that_were_there_go_on_and_their_sessions_stay_theirs(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), BEFORE_THE_LIFE_OF_PROJECTS)
        ids = old_rows(connection)
        connection.commit()
    migrate(settings)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT edition, status, min_attendance, reviewing_unit_id FROM project"))
        assert sorted(map(tuple, found)) == [(1, "running", 80, ids["province"]), (2, "running", 80, ids["province"])]
        assert connection.scalar(text("SELECT project_id FROM session")) == ids["one"]
    engine.dispose()


def test_imports_of_credits_that_were_there_know_how_far_they_are(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    at = "2026-01-01 00:00:00"
    wanted = {"checked": {}, "committed": {"committed_at": at}, "undone": {"committed_at": at, "undone_at": at}}
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), BEFORE_IMPORTS_BY_JOBS)
        unit, person = new_id().hex, new_id().hex
        add(connection, "unit", id=unit, kind="province", name="某省", path=f"{unit}/")
        add(connection, "person", id=person, name="甲", unit_id=unit, created_at=at)
        for facts in wanted.values():
            ident = new_id().hex
            made = {"unit_id": unit, "created_by": person, "created_at": at, "row_count": 2, "error_count": 1}
            add(connection, "credit_import", id=ident, **made, **facts)
            for number, source in ((1, new_id().hex), (2, None)):
                row = {"number": number, "content": "{}", "errors": "[]", "source_id": source}
                add(connection, "credit_import_row", import_id=ident, **row)
        connection.commit()
    migrate(settings)
    rows = "SELECT status, state FROM credit_import JOIN credit_import_row ON import_id = id ORDER BY status, number"
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(rows))]
    assert found == [
        ("checked", "good"), ("checked", "bad"), ("committed", "recorded"), ("committed", "bad"),
        ("undone", "undone"), ("undone", "bad"),
    ]  # fmt: skip
    engine.dispose()


def test_who_withdrew_before_is_held_and_an_open_case_is_about_the_face_that_is_held(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    at, later = "2026-01-01 00:00:00", "2026-02-01 00:00:00"
    people = {name: new_id().hex for name in ("gone", "back", "held", "new")}
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), BEFORE_HELD_ENROLMENTS)
        unit, face, case = new_id().hex, new_id().hex, new_id().hex
        add(connection, "unit", id=unit, kind="province", name="某省", path=f"{unit}/")
        text_ = {"version": "1", "text_zh": "文", "text_en": "text", "sha256": "0", "published_at": at}
        add(connection, "consent_text", **text_)
        for name, ident in people.items():
            add(connection, "person", id=ident, name=name, unit_id=unit, created_at=at)
        consent = {"version": "1", "purpose": "face_recognition", "channel": "app", "given_at": at}
        for name in ("gone", "back"):
            given = {**consent, "id": new_id().hex, "person_id": people[name], "withdrawn_at": later}
            add(connection, "consent", **given)
        add(connection, "consent", **consent, id=new_id().hex, person_id=people["new"])
        sealed = {"sealed": b"x", "engine": "e", "photos": 1, "quality": "[]", "enrolled_at": at}
        add(
            connection,
            "face_template",
            **sealed,
            id=new_id().hex,
            person_id=people["back"],
            position=1,
            status="active",
        )
        add(connection, "face_template", **sealed, id=face, person_id=people["held"], position=2, status="held")
        about = {"person_id": people["held"], "other_person_id": people["back"], "distance": 0.3, "threshold": 0.4}
        add(connection, "face_case", **about, id=case, kind="duplicate_held", status="open", opened_at=at)
        connection.commit()
    migrate(settings)
    with engine.connect() as connection:
        held = connection.execute(
            text("SELECT person_id, is_after_withdrawal, enrolled_at, withdrawn_at FROM face_hold")
        )
        assert [tuple(row) for row in held] == [(people["gone"], 1, at, later)]
        assert connection.execute(text("SELECT id, template_id FROM face_case")).one() == (case, face)
    engine.dispose()


def test_punches_that_were_committed_are_observations_and_those_of_an_undone_file_are_not(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    engine = create_engine(settings.database)  # checks no references, so that the middle of the way can be upgraded
    at = "2026-01-01 00:00:00"
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), BEFORE_THE_LIFE_OF_PROJECTS)
        ids = old_rows(connection)
        connection.commit()
        command.upgrade(alembic_config(connection), BEFORE_OBSERVATIONS)
        for status in ("committed", "undone"):
            ident = new_id().hex
            about = {"project_id": ids["one"], "kind": "punches", "rows": 2, "made_by": ids["person"], "made_at": at}
            add(connection, "attendance_import", id=ident, status=status, **about)
            for number, outcome in ((2, "added"), (3, "already"), (4, None)):
                punch = f'{{"time": "08:0{number}", "at": "2026-01-01T00:0{number}:00+00:00", "direction": "in"}}'
                row = {"number": number, "punch": punch, "errors": "[]", "has_errors": False, "is_checked": True}
                who = {"person_id": ids["person"], "session_id": ids["session"], "is_newcomer": False}
                add(connection, "attendance_import_row", import_id=ident, outcome=outcome, **row, **who)
        connection.commit()
    migrate(settings)
    with engine.connect() as connection:
        found = connection.execute(text('SELECT "row", direction, at FROM machine_observation ORDER BY "row"'))
        assert [(row[0], row[1], row[2][:16]) for row in found] == [
            (2, "in", "2026-01-01 00:02"), (3, "in", "2026-01-01 00:03"),
        ]  # fmt: skip
        outcomes = connection.execute(text("SELECT outcome FROM attendance_import_row WHERE number = 3"))
        assert sorted(row[0] for row in outcomes) == ["added", "already"]


def test_exams_that_were_graded_keep_their_scores_and_whole_points_come_back(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    at = "2026-01-01 00:00:00"
    graded = {"two of three": ("[1, 0, 1]", 2, 3), "nothing": ("[]", 0, 0), "open": (None, None, None)}
    ids = {name: new_id().hex for name in graded}
    with engine.connect() as connection:
        command.upgrade(alembic_config(connection), BEFORE_MENDED_EXAMS)
        unit, person, project = (new_id().hex for _ in range(3))
        add(connection, "unit", id=unit, kind="province", name="某省", path=f"{unit}/")
        add(connection, "person", id=person, name="甲", unit_id=unit, created_at=at)
        facts: dict[str, Any] = {
            "name": "班",
            "number": "2026-01",
            "starts_on": "2026-01-01",
            "ends_on": "2026-01-02",
            "edition": 1,
        }
        facts |= {
            "status": "running",
            "level": "national",
            "category": "NAT",
            "delivery_mode": "培训班",
            "credits": 500,
        }
        facts |= dict.fromkeys(("hours", "min_attendance"), 30)
        facts |= dict.fromkeys(("needs_check_out", "needs_evaluation", "needs_exam"), 0)
        made = {"created_by": person, "created_at": at, "reviewing_unit_id": unit, "unit_id": unit}
        add(connection, "project", id=project, **facts, **made)
        for number, (name, (earned, points, out_of)) in enumerate(graded.items(), 1):
            attempt = {"id": ids[name], "project_id": project, "person_id": person, "number": number, "paper": "[]"}
            times = {"started_at": at, "deadline_at": at, "submitted_at": None if earned is None else at}
            result = {"pass_mark": 60, "earned": earned, "points": points, "out_of": out_of}
            add(connection, "exam_attempt", **attempt, **times, **result)
        connection.commit()
    migrate(settings)
    with engine.connect() as connection:
        found = dict(map(tuple, connection.execute(text("SELECT id, score FROM exam_attempt"))))
        assert found == {ids["two of three"]: 6666, ids["nothing"]: 0, ids["open"]: None}
        connection.execute(text('UPDATE exam_attempt SET earned = \'[1, "1/2", "2/3"]\' WHERE score = 6666'))
        connection.commit()
        command.downgrade(alembic_config(connection), BEFORE_MENDED_EXAMS)
        connection.commit()
        back = {id: rest for id, *rest in connection.execute(text("SELECT id, earned, points FROM exam_attempt"))}
    assert back == {ids["two of three"]: ["[1, 0, 0]", 1], ids["nothing"]: ["[]", 0], ids["open"]: [None, None]}
    engine.dispose()
