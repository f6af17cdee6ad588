"""Kiosks: paired once, they check people in by their rotating code, also after a gap in the network."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from attendance.errors import QrInvalid
from attendance.machines.personal_codes import PersonalCodes
from models.attendance import CheckInStatus
from models.projects import Project, ProjectStatus
from models.venue_machines import KioskScan
from tests.attendance.check_in.checking_in import at_once, code_of, results, rows
from tests.attendance.conftest import Scene
from tests.attendance.imports.punch_import import Jobs, local, number_of, previewed
from tests.attendance.imports.roster_import import act
from tests.attendance.machines.reading import call, code, learner, paired, read
from tests.databases import table_of

pytestmark = pytest.mark.either_database


@pytest.mark.manual("M-9.7")
def test_a_code_checks_its_person_in_without_a_face_with_name_and_receipt(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    reply = read(scene, token, code(me))
    assert (reply.status_code, reply.json["status"], reply.json["name"]) == (201, "present", "li")
    assert reply.json["receipt"].count(".") == 2
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert (listed["method"], listed["status"]) == ("kiosk", "present")
    seen = me.get("/me/attendance").json["items"][0]["sessions"][0]["check_ins"]
    assert [each["status"] for each in seen] == ["present"]


@pytest.mark.manual("M-9.7")
def test_my_codes_are_the_present_one_and_the_next_for_half_a_minute_each(scene: Scene) -> None:
    me = learner(scene, "li")
    told = me.get("/me/qr").json
    first, second = told["codes"]
    assert re.fullmatch("[A-Z2-7]{58}", first["code"])  # by its form the kiosk page knows it without a network
    assert first["valid_until"] == second["valid_from"]
    assert first["valid_from"] <= told["now"] < first["valid_until"]
    assert str(scene.people["li"].id) not in str(told)
    scene.clock.turn(seconds=30)
    assert me.get("/me/qr").json["codes"][0]["code"] == second["code"]


def test_the_same_nonce_is_the_same_check_in(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text, nonce = code(me), uuid.uuid4().hex
    first, again = read(scene, token, text, nonce), read(scene, token, text, nonce)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    scene.clock.turn(minutes=5)
    assert read(scene, token, text, nonce).json == first.json
    scene.db.rollback()
    assert len(scene.db.scalars(select(KioskScan)).all()) == 1


@pytest.mark.parametrize("is_same_nonce", [True, False])
def test_six_at_once_make_one_check_in(scene: Scene, is_same_nonce: bool) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text, nonce = code(me), uuid.uuid4().hex
    replies = at_once(6, lambda: read(scene, token, text, nonce if is_same_nonce else None))
    assert {each.status_code for each in replies} <= {200, 201}
    assert len({each.json["receipt"] for each in replies}) == len(rows(scene)) == 1


def test_a_picture_of_a_code_is_soon_worthless_and_a_slow_hand_is_no_fault(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    scene.clock.turn(seconds=-(int(scene.clock.now().timestamp()) % 30))
    text = code(me)
    scene.clock.turn(seconds=40)
    assert code_of(read(scene, token, text)) == (410, "qr_expired")
    assert results(scene) == ["qr_expired"]
    scene.clock.turn(seconds=-1)
    assert read(scene, token, text).status_code == 201


def test_scanned_in_time_and_sent_after_a_gap_it_waits_for_staff(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text, at = code(me), scene.clock.now()
    scene.clock.turn(hours=2)
    assert code_of(read(scene, token, text)) == (410, "qr_expired")
    reply = read(scene, token, text, scanned_at=at.isoformat())
    assert (reply.status_code, reply.json["status"]) == (201, "needs_review")
    scene.staff = scene.api.as_(scene.organizer)
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert listed["review_reason"] == "sent_late"
    (row,) = rows(scene)
    accepted = scene.staff.post(f"/check-ins/{row.id}/decision", {"decision": "accept", "reason": "已核对"})
    assert accepted.json["status"] == "present"


def test_a_gap_of_a_minute_needs_nobody(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text, at = code(me), scene.clock.now()
    scene.clock.turn(seconds=110)
    assert read(scene, token, text, scanned_at=at.isoformat()).json["status"] == "present"


def test_a_kept_scan_is_good_for_a_day(scene: Scene) -> None:
    people = [learner(scene, name) for name in ("li", "wang")]
    token, texts, at = paired(scene), [code(each) for each in people], scene.clock.now()
    scene.clock.turn(hours=24)
    assert read(scene, token, texts[0], scanned_at=at.isoformat()).status_code == 201
    scene.clock.turn(seconds=1)
    assert code_of(read(scene, token, texts[1], scanned_at=at.isoformat())) == (410, "qr_expired")
    scene.clock.turn(hours=4)
    assert code_of(read(scene, token, texts[1])) == (403, "machine_ended")


def test_a_time_that_does_not_fit_the_code_brings_nothing(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text = code(me)
    scene.clock.turn(minutes=3)
    wrong = (scene.clock.now() - timedelta(minutes=1)).isoformat()
    assert code_of(read(scene, token, text, scanned_at=wrong)) == (410, "qr_expired")
    assert rows(scene) == []


def test_a_kiosk_whose_clock_is_ahead_reads_codes_of_now(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    ahead = (scene.clock.now() + timedelta(minutes=2)).isoformat()
    assert read(scene, token, code(me), scanned_at=ahead).json["status"] == "present"


def test_without_staff_beside_it_each_check_in_waits_for_review(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene, is_attended=False)
    assert read(scene, token, code(me)).json["status"] == "needs_review"
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/attendance").json["items"]
    assert listed["review_reason"] == "unattended"
    attended = paired(scene)
    assert read(scene, attended, code(me)).json["status"] == "present"
    assert [each.status for each in rows(scene)] == [CheckInStatus.PRESENT]


def test_nonsense_and_whoever_is_not_expected_are_refused(scene: Scene) -> None:
    token = paired(scene)
    stranger = learner(scene, "wang", is_expected=False)
    forged = PersonalCodes(b"w" * 32).show(scene.people["wang"].id, scene.clock.now())[0].text
    for text in ("nonsense", "x" * 58, forged, "一" * 58, ""):
        assert code_of(read(scene, token, text)) == (422, "qr_invalid"), text
    assert code_of(read(scene, token, code(stranger))) == (403, "not_on_roster")
    assert code_of(read(scene, token, code(scene.staff))) == (403, "not_on_roster")
    assert rows(scene) == []


def test_a_refusal_speaks_of_the_persons_own_code_not_of_the_venues(scene: Scene) -> None:
    token, old = paired(scene), code(learner(scene, "li"))
    scene.clock.turn(minutes=2)
    for text, refusal in (("nonsense", "qr_invalid"), (old, "qr_expired")):
        reply = read(scene, token, text)
        assert (code_of(reply)[1], reply.json["why"]) == (refusal, "personal_code")
        assert "我的二维码" in reply.json["hint"]
        assert "屏幕" not in reply.json["hint"]


def test_what_a_machine_saw_earlier_stands_beside_the_check_in_of_a_kiosk(scene: Scene, run_jobs: Jobs) -> None:
    learner(scene, "li")
    token, start = paired(scene), scene.session.starts_at
    scene.clock.set(start + timedelta(minutes=5))
    scene.staff = scene.api.as_(scene.organizer)
    ident = previewed(scene, run_jobs, (number_of(scene, "li"), local(scene, start - timedelta(minutes=5))))["id"]
    act(scene, ident, run_jobs)
    reply = read(scene, token, code(scene.api.as_(scene.people["li"])))
    assert (reply.status_code, reply.json["status"]) == (201, "present")  # by the machine: the kiosk came late
    (row,) = rows(scene)
    assert (row.method.value, row.status.value, row.machine_status) == ("kiosk", "late", CheckInStatus.PRESENT)


def test_at_an_open_project_a_code_puts_its_person_on_the_roster_first(scene: Scene) -> None:
    scene.db.execute(table_of(Project).update().values(is_open=True, capacity=1))
    token = paired(scene)
    first, second = (learner(scene, name, is_expected=False) for name in ("li", "wang"))
    assert read(scene, token, code(first)).json["status"] == "present"
    assert code_of(read(scene, token, code(second))) == (409, "project_full")
    (listed,) = scene.staff.get(f"/projects/{scene.project.id}/roster").json["items"]
    assert (listed["name"], listed["origin"]) == ("li", "on_site")


def test_a_nonce_that_a_kiosk_used_for_two_people_tells_whom_it_checked_in(scene: Scene) -> None:
    token, nonce = paired(scene), uuid.uuid4().hex
    assert read(scene, token, code(learner(scene, "li")), nonce).json["name"] == "li"
    again = read(scene, token, code(learner(scene, "wang")), nonce)
    assert (again.status_code, again.json["name"], len(rows(scene))) == (200, "li", 1)


def test_whoever_made_the_kiosk_does_not_check_themselves_in_with_it(scene: Scene) -> None:
    token = paired(scene)
    scene.make.on_roster(scene.project, scene.organizer)
    assert code_of(read(scene, token, code(scene.staff))) == (403, "own_attendance")


@pytest.mark.parametrize("hours", [1, 8])
def test_outside_the_windows_nobody_is_checked_in(scene: Scene, hours: int) -> None:
    learner(scene, "li")
    token = paired(scene)
    scene.clock.turn(hours=hours)
    me = scene.api.as_(scene.people["li"])
    assert code_of(read(scene, token, code(me))) == (409, "session_not_open")


def test_nobody_is_checked_in_once_attendance_stands_still_or_the_session_is_cancelled(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.IN_REVIEW))
    assert code_of(read(scene, token, code(me))) == (409, "session_not_open")
    scene.db.execute(table_of(Project).update().values(status=ProjectStatus.RUNNING))
    scene.staff.post(f"/sessions/{scene.session.id}/cancellation", {"reason": "台风"})
    assert code_of(read(scene, token, code(me))) == (409, "session_cancelled")


def test_a_pairing_code_works_once_within_ten_minutes(scene: Scene) -> None:
    path = f"/sessions/{scene.session.id}/kiosks"
    first, second = scene.staff.post(path, {}), scene.staff.post(path, {})
    pair = {"pairing_code": first.json["pairing_code"], "name": "一号门"}
    lower = {**pair, "pairing_code": f" {pair['pairing_code'].lower()} "}
    assert call(scene, "POST", "/kiosks", None, lower).status_code == 201
    assert code_of(call(scene, "POST", "/kiosks", None, pair)) == (422, "pairing_code_invalid")
    scene.clock.turn(minutes=10)
    late = {"pairing_code": second.json["pairing_code"], "name": "二号门"}
    assert code_of(call(scene, "POST", "/kiosks", None, late)) == (422, "pairing_code_invalid")
    assert learner(scene, "li").post(path, {}).status_code == 403


def test_two_devices_with_one_pairing_code_at_once_are_one_kiosk(scene: Scene) -> None:
    made = scene.staff.post(f"/sessions/{scene.session.id}/kiosks", {})
    pair = {"pairing_code": made.json["pairing_code"], "name": "一号门"}
    replies = at_once(4, lambda: call(scene, "POST", "/kiosks", None, pair))
    assert sorted(each.status_code for each in replies) == [201, 422, 422, 422]


def test_a_revoked_kiosk_checks_nobody_in(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    (listed,) = scene.staff.get(f"/sessions/{scene.session.id}/kiosks").json["items"]
    assert (listed["name"], listed["is_attended"], listed["maker"]["name"]) == ("一号门", True, scene.organizer.name)
    assert me.delete(f"/kiosks/{listed['id']}").status_code == 403
    assert scene.staff.delete(f"/kiosks/{listed['id']}").status_code == 204
    refused = read(scene, token, code(me))
    assert (code_of(refused), refused.json["why"]) == ((403, "machine_ended"), "revoked")


def test_its_credential_does_nothing_else_and_nothing_else_is_one(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    calls = [
        ("GET", "/me"), ("GET", f"/sessions/{scene.session.id}/attendance"),
        ("GET", f"/sessions/{scene.session.id}/qr"),
        ("GET", "/me/qr"), ("GET", "/screen"), ("POST", "/check-in-tickets"), ("POST", "/auth/refresh"),
        ("POST", f"/sessions/{scene.session.id}/kiosks"), ("GET", "/people?q=a"),
    ]  # fmt: skip
    for method, path in calls:
        reply = call(scene, method, path, token, {} if method == "POST" else None)
        assert reply.status_code == 401, path
    for other in (None, "x", me.token, scene.staff.token):
        assert code_of(read(scene, other or "", code(me))) == (401, "machine_unknown")
        assert code_of(call(scene, "POST", "/kiosk/check-ins", other, {})) == (401, "machine_unknown")


def test_another_sessions_kiosk_checks_in_to_its_own_session_alone(scene: Scene) -> None:
    me, token = learner(scene, "li"), paired(scene)
    scene.session = scene.make.session(scene.project)
    other, nonce = paired(scene), uuid.uuid4().hex
    text = code(me)
    first, second = read(scene, token, text, nonce), read(scene, other, text, nonce)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["receipt"] != second.json["receipt"]
    assert len({each.session_id for each in rows(scene)}) == 2


def test_a_code_that_two_kiosks_read_is_shown_to_the_organizer(scene: Scene) -> None:
    me, kiosks = learner(scene, "li"), (paired(scene), paired(scene))
    path, text = f"/sessions/{scene.session.id}/signals", code(me)
    assert read(scene, kiosks[0], text).status_code == 201
    assert read(scene, kiosks[0], text).status_code == 200
    assert scene.staff.get(path).json["items"] == []
    assert read(scene, kiosks[1], text).status_code == 200
    (signal,) = scene.staff.get(path).json["items"]
    assert (signal["kind"], [each["name"] for each in signal["people"]]) == ("code_read_twice", ["li"])


def test_an_installation_that_wants_none_has_no_kiosks_and_no_codes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, token = learner(scene, "li"), paired(scene)
    text = code(me)
    extensions = scene.api.app.extensions
    present = extensions["components"]
    off = replace(present, settings=present.settings.model_copy(update={"kiosks": False}))
    monkeypatch.setitem(extensions, "components", off)
    replies = [
        me.get("/me/qr"),
        scene.staff.post(f"/sessions/{scene.session.id}/kiosks", {}),
        call(scene, "POST", "/kiosks", None, {"pairing_code": "X", "name": "一号门"}),
        read(scene, token, text),
    ]
    assert {code_of(each) for each in replies} == {(403, "kiosks_off")}
    assert me.get("/client").json["switched_on"]["kiosks"] is False


def test_codes_are_read_whatever_the_case_and_only_ours(scene: Scene) -> None:
    codes = PersonalCodes(b"v" * 32)
    person = uuid.uuid4()
    made = codes.show(person, scene.clock.now())[0]
    assert codes.read(made.text.lower()).person_id == person
    assert len(made.text) == 58
    for place in range(0, 58, 5):
        other = "A" if made.text[place] != "A" else "B"
        with pytest.raises(QrInvalid):
            codes.read(made.text[:place] + other + made.text[place + 1 :])
