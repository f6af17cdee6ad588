"""One's sessions in a calendar program: RFC 5545, an address that can be taken back, nothing for strangers."""

import re
import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts import Account
from models.projects import CalendarFeed, Project, ProjectStatus
from models.projects import Session as VenueSession
from service.exports.icalendar import _fold, _text
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.conftest import Scene
from tests.attendance.sessions.calendar_feed import events, subscribe, unfolded
from tests.databases import table_of


def test_the_feed_holds_the_sessions_of_whoever_made_it(scene: Scene) -> None:
    path = subscribe(scene.learner("li"))
    elsewhere = scene.make.project(unit=scene.unit, organizer=scene.organizer)
    scene.make.session(elsewhere)
    (event,) = events(scene.api, path)
    assert event["UID"] == str(scene.session.id)
    assert event["DTSTART"] == scene.session.starts_at.strftime("%Y%m%dT%H%M%SZ")
    assert (event["SEQUENCE"], event["STATUS"]) == ("0", "CONFIRMED")
    assert event["SUMMARY"] == "急诊医学新进展 上午场"


def test_a_moved_session_is_a_later_revision_and_a_closed_one_is_struck_out(scene: Scene) -> None:
    path = subscribe(scene.learner("li"))
    plan = {"title": "上午\r\nBEGIN:VALARM; a, b", "venue": "厅",
            "starts_at": (scene.session.starts_at + timedelta(hours=1)).isoformat(),
            "ends_at": (scene.session.ends_at + timedelta(hours=1)).isoformat()}  # fmt: skip
    assert scene.staff.patch(f"/sessions/{scene.session.id}", plan).status_code == 200
    (event,) = events(scene.api, path)
    assert (event["SEQUENCE"], event["SUMMARY"]) == ("1", "急诊医学新进展 上午\\nBEGIN:VALARM\\; a\\, b")
    assert scene.staff.post(f"/sessions/{scene.session.id}/closing", {}).status_code == 200
    (event,) = events(scene.api, path)
    assert event["STATUS"] == "CANCELLED"


def test_a_project_called_off_strikes_out_what_was_to_come_as_a_later_revision(scene: Scene) -> None:
    path = subscribe(scene.learner("li"))
    yesterday = scene.make.session(scene.project, starts_at=scene.clock.now() - timedelta(days=1))
    tomorrow = scene.make.session(scene.project, starts_at=scene.clock.now() + timedelta(days=1))
    step = {"to": "cancelled", "reason": "台风"}
    assert scene.staff.post(f"/projects/{scene.project.id}/transitions", step).status_code == 200
    found = {each["UID"]: (each["SEQUENCE"], each["STATUS"]) for each in events(scene.api, path)}
    assert found == {
        str(yesterday.id): ("0", "CONFIRMED"),
        str(scene.session.id): ("1", "CANCELLED"),
        str(tomorrow.id): ("1", "CANCELLED"),
    }


def test_each_event_has_what_a_strict_reader_wants_once(scene: Scene) -> None:
    scene.db.execute(table_of(VenueSession).update().values(title="名\u2028BEGIN:VALARM" * 11, track="a;b"))
    text = scene.api.get(subscribe(scene.learner("li"))).text
    lines = unfolded(text)
    assert (lines[0], lines[-1], lines.count("METHOD:PUBLISH")) == ("BEGIN:VCALENDAR", "END:VCALENDAR", 1)
    event = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    names = [line.split(":", 1)[0] for line in event]
    assert sorted(names) == sorted({"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "STATUS"})
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        assert re.fullmatch(r"\d{8}T\d{6}Z", event[names.index(name)].removeprefix(f"{name}:"))
    assert text.splitlines() == text.removesuffix("\r\n").split("\r\n")  # no other line breaks, by anybody's rule


def test_what_is_not_approved_yet_is_in_nobodys_calendar(scene: Scene) -> None:
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.FILED))
    assert events(scene.api, subscribe(scene.learner("li"))) == []


def test_an_address_is_taken_back_by_a_new_one_by_its_owner_and_by_suspension(scene: Scene) -> None:
    me = scene.learner("li")
    first, second = subscribe(me), subscribe(me)
    assert scene.api.get(first).status_code == 404
    scene.db.execute(table_of(Account).update().values(suspended_at=scene.clock.now()))
    assert scene.api.get(second).status_code == 404
    scene.db.execute(table_of(Account).update().values(suspended_at=None))
    assert len(events(scene.api, second)) == 1
    assert me.delete("/me/calendar").status_code == 204
    for nobodys in ("nothing", uuid.uuid4()):
        assert code_of(scene.api.get(f"/calendars/{nobodys}")) == (404, "not_found")
    assert scene.api.get(second).status_code == 404


def test_the_address_is_kept_nowhere_in_clear(scene: Scene) -> None:
    token = uuid.UUID(subscribe(scene.learner("li")).rsplit("/", 1)[1])
    assert token.version == 4  # 122 random bits; one of ours by time could be guessed
    row = scene.db.query(CalendarFeed).one()
    assert token.bytes not in row.token_hash


@given(text=st.text(max_size=300))
def test_any_text_folds_into_short_lines_and_back(text: str) -> None:
    line = _text(text)
    folded = list(_fold(line))
    assert all(len(part.encode("utf-8", "surrogatepass")) <= 75 for part in folded)
    assert folded[0] + "".join(part[1:] for part in folded[1:]) == line


@pytest.mark.parametrize("break_", ["\r", "\n", "\r\n", "\v", "\f", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_no_line_break_of_a_title_begins_a_property(break_: str) -> None:
    assert _text(f"a{break_}BEGIN:VEVENT") == "a\\nBEGIN:VEVENT"
