"""Kiosks look first and write then: what changes in between is seen, and a scan costs four statements."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from attendance.machines.quick_rows import insert_if_unchanged
from attendance.roster.joining import join_on_site
from models.projects import Project, ProjectStatus
from models.projects import Session as VenueSession
from models.venue_machines import Kiosk
from tests.attendance.check_in.checking_in import code_of, results, rows
from tests.attendance.conftest import Scene
from tests.attendance.machines.reading import code, learner, paired, read
from tests.databases import table_of

pytestmark = pytest.mark.either_database


def test_a_session_that_closes_while_somebody_joins_checks_nobody_in(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.db.execute(table_of(Project).update().values(is_open=True))
    me, token = learner(scene, "li", is_expected=False), paired(scene)
    text = code(me)

    def closed_meanwhile(*args: Any, **more: Any) -> None:
        closed = {"closed_at": scene.clock.now() - timedelta(seconds=1)}
        args[0].execute(table_of(VenueSession).update().values(**closed))
        join_on_site(*args, **more)

    monkeypatch.setattr("attendance.machines.kiosk_desk.join_on_site", closed_meanwhile)
    assert code_of(read(scene, token, text)) == (409, "session_not_open")
    assert rows(scene) == []


@pytest.mark.parametrize(
    ("table", "change", "refused"),
    [
        (VenueSession, {"closed_at": -1}, (409, "session_not_open")),
        (VenueSession, {"cancelled_at": -1}, (409, "session_cancelled")),
        (VenueSession, {"in_closes_at": -60}, (409, "session_not_open")),
        (Kiosk, {"revoked_at": -1}, (403, "machine_ended")),
        (Project, {"status": ProjectStatus.IN_REVIEW}, (409, "session_not_open")),
    ],
)
def test_what_changes_between_the_look_and_the_write_is_seen(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, table: Any, change: dict[str, Any], refused: tuple[int, str]
) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text = code(me)
    at = {name: scene.clock.now() + timedelta(seconds=by) for name, by in change.items() if isinstance(by, int)}

    def changed_meanwhile(*args: Any, **more: Any) -> bool:
        scene.db.execute(table_of(table).update().values(**(change | at)))
        scene.db.commit()
        return insert_if_unchanged(*args, **more)

    monkeypatch.setattr("attendance.machines.kiosk_desk.insert_if_unchanged", changed_meanwhile)
    assert code_of(read(scene, token, text)) == refused
    assert rows(scene) == []


def test_somebody_whom_staff_check_in_between_the_look_and_the_write_is_in_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text = code(me)

    def checked_in_meanwhile(*args: Any, **more: Any) -> bool:
        body = {"cme_number": scene.people["li"].cme_number, "direction": "in", "reason": "手机没电"}
        thread = threading.Thread(target=lambda: scene.staff.post(f"/sessions/{scene.session.id}/attendance", body))
        thread.start()
        thread.join()
        return insert_if_unchanged(*args, **more)

    monkeypatch.setattr("attendance.machines.kiosk_desk.insert_if_unchanged", checked_in_meanwhile)
    reply = read(scene, token, text)
    assert (reply.status_code, reply.json["status"]) == (200, "present")
    assert [row.method.value for row in rows(scene)] == ["staff"]
    assert sorted(results(scene)) == ["again", "present"]


def test_a_plain_scan_is_four_statements(scene: Scene) -> None:
    token = paired(scene)
    people = [learner(scene, name) for name in ("li", "wang")]
    assert read(scene, token, code(people[0])).status_code == 201
    text, said = code(people[1]), []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement.split()[0])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert read(scene, token, text).status_code == 201
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert said == ["SELECT", "INSERT", "INSERT", "INSERT"]
