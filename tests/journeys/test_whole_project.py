"""A project's whole life over HTTP, with real faces: from the draft to credits that anyone can prove."""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from foundation.clock import day_at_home
from service.running.upkeep import sweep
from tests import photos
from tests.journeys.conftest import Demo
from tests.journeys.phone import Phone
from tests.service.running.running_service import until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
QUESTIONS = [
    {"kind": "single", "text": f"第{place}题", "options": ["甲", "乙", "丙", "丁"], "correct": [place % 4], "points": 1}
    for place in range(5)
]
CUT_OFF = {"cut_off": True, "reason": "名单已核对，周五前须上报"}


class Course:
    """One project, seen by its organizer."""

    def __init__(self, demo: Demo, days: Sequence[date]) -> None:
        self.demo, self.organizer = demo, demo.organizer
        self.authority = demo.sign_in(demo.told["admins"]["authority"])
        course = {
            "name": "急诊心电图判读新进展", "category": "NAT", "delivery_mode": "培训班",
            "credits": "5.00", "hours": "15.0",
            "starts_on": str(days[0]), "ends_on": str(days[1]),
            "conditions": {"min_attendance": "0.80", "check_out": False, "evaluation": True, "exam": True},
        }  # fmt: skip
        self.id = str(answer(self.organizer.call("POST", "/projects", json=course), 201)["id"])

    def goes(self, who: Phone, *steps: str) -> None:
        """Take the project through some steps of its life."""
        for step in steps:
            told = answer(who.call("POST", f"/projects/{self.id}/transitions", json={"to": step}))
            assert told["status"] == step

    def half_day(self, title: str, starts: timedelta, ends: timedelta) -> str:
        """Plan a session, from now."""
        now = datetime.now(UTC)
        session = {
            "title": title, "venue": "一号厅", "liveness": "none", "qr_mode": "rotating",
            "starts_at": (now + starts).isoformat(), "ends_at": (now + ends).isoformat(),
            "windows": {"in_closes_at": (now + timedelta(minutes=20)).isoformat()},
        }  # fmt: skip
        return str(answer(self.organizer.call("POST", f"/projects/{self.id}/sessions", json=session), 201)["id"])

    def evaluate(self, who: Phone) -> httpx.Response:
        """Answer every question of the evaluation."""
        asked = answer(who.call("GET", f"/projects/{self.id}/evaluation"))["questions"]
        said = [{"question_id": each["id"], "value": 5 if each["kind"] == "stars" else "很好"} for each in asked]
        return who.call("POST", f"/projects/{self.id}/evaluation/responses", json={"answers": said})

    def sit(self, who: Phone, *, right: int) -> dict[str, Any]:
        """Sit the exam with `right` right answers of the five; gives the result."""
        begun = answer(who.call("POST", f"/projects/{self.id}/exam/attempts"), 201)
        assert "correct" not in json.dumps(begun)
        for asked in begun["questions"]:
            number = int(asked["text"][1:-1])
            wanted = "甲乙丙丁"[(number + (number >= right)) % 4]
            picked = [each["id"] for each in asked["options"] if each["text"] == wanted]
            path = f"/exam-attempts/{begun['id']}/answers/{asked['id']}"
            answer(who.call("PUT", path, json={"options": picked}))
        return answer(who.call("POST", f"/exam-attempts/{begun['id']}/submission"))

    def settle(self) -> dict[str, Any]:
        """Confirm, approve, and wait for the job: the settlement as it ended."""
        confirmed = answer(self.organizer.call("POST", f"/projects/{self.id}/settlement", json=CUT_OFF), 202)
        path = f"/settlements/{confirmed['id']}"
        answer(self.authority.call("POST", f"{path}/review", json={"decision": "approve", "comment": "同意"}), 202)
        until(lambda: answer(self.authority.call("GET", path))["status"] == "settled", "the settlement is posted")
        return answer(self.authority.call("GET", path))


def answer(reply: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of a reply that is as it should be."""
    assert reply.status_code == status, reply.text
    return dict(reply.json())


def refusal(reply: httpx.Response) -> str:
    return str(reply.json()["code"])


def faces_of(count: int) -> list[tuple[list[bytes], list[bytes]]]:
    """Some people: the photos that they enrol, and two that they show, each at one session."""
    groups = [group for group in photos.people().values() if len(group) > 3][:count]
    assert len(groups) == count, "needs photos of more people"
    return [([path.read_bytes() for path in group[:2]], [path.read_bytes() for path in group[2:4]]) for group in groups]


def test_a_project_is_planned_attended_evaluated_sat_settled_corrected_and_proven(demo: Demo, tmp_path: Path) -> None:
    faces = faces_of(3)
    passes, slow, leaves = (demo.learner(place) for place in range(6, 9))
    absent, lecturer = (demo.learner(place) for place in (9, 10))
    numbers = [each["cme_number"] for each in demo.told["learners"][6:11]]
    today = day_at_home(datetime.now(UTC))
    days = [today - timedelta(days=1), today]
    course = Course(demo, days)
    year = days[1].year

    # planned: nothing may be jumped over, and nobody approves their own
    assert refusal(course.organizer.call("POST", f"/projects/{course.id}/transitions", json={"to": "running"}))
    course.goes(course.organizer, "filed")
    course.goes(course.authority, "approved")
    course.goes(course.organizer, "announced")
    openings = answer(passes.call("GET", f"/me/compliance/openings?year={year}"))["items"]
    assert course.id in [each["id"] for each in openings]  # national credits are missing this year
    morning = course.half_day("上午", -timedelta(minutes=30), -timedelta(minutes=5))
    afternoon = course.half_day("下午", -timedelta(minutes=5), timedelta(hours=3))
    roster = {"cme_numbers": [*numbers[:4], "0000000000"], "role": "learner"}
    told = answer(course.organizer.call("POST", f"/projects/{course.id}/roster", json=roster))
    assert (told["added"], told["unknown"]) == (4, ["0000000000"])
    roster = {"cme_numbers": [numbers[4]], "role": "speaker"}
    answer(course.organizer.call("POST", f"/projects/{course.id}/roster", json=roster))
    asked = [{"kind": "stars", "text": "内容"}, {"kind": "text", "text": "建议"}]
    answer(course.organizer.call("PUT", f"/projects/{course.id}/evaluation", json={"questions": asked}))
    rules = {"pass_mark": 60, "minutes": 30, "attempts": 2, "pause_minutes": 0, "needs_attendance": False}
    exam = {**rules, "questions": QUESTIONS}
    answer(course.organizer.call("PUT", f"/projects/{course.id}/exam", json=exam))
    course.goes(course.organizer, "running")

    # attended, each with their own face
    for who, (enrolment, shown), there in zip(
        (passes, slow, leaves), faces, ([morning, afternoon], [morning, afternoon], [morning]), strict=True
    ):
        answer(who.enrol(enrolment), 201)
        for session, photo in zip(there, shown, strict=False):
            ticket = answer(who.ticket(demo.screen(session)), 201)["ticket"]
            checked_in = answer(who.check_in(ticket, photo), 201)
            if checked_in["status"] == "needs_review":  # before fifty people have enrolled, thresholds are careful
                decision = {"decision": "accept", "reason": "本人到场，已核对证件"}
                answer(course.organizer.call("POST", f"/check-ins/{checked_in['id']}/decision", json=decision))
    assert refusal(course.evaluate(absent)) == "did_not_attend"

    # evaluated once, and sat
    for who in (passes, slow, leaves):
        assert course.evaluate(who).status_code == 201
        assert refusal(course.evaluate(who)) == "already_evaluated"
    for who, right in ((passes, 4), (slow, 2), (leaves, 5)):
        result = course.sit(who, right=right)
        assert (result["score"], result["passed"]) == (20.0 * right, right > 2)
    said = {"speakers": [{"cme_number": numbers[4], "hours": "2.0"}]}
    assert course.organizer.call("PUT", f"/projects/{course.id}/taught-hours", json=said).status_code == 204

    # settled: the list says who gets nothing and why, and is what is granted
    course.goes(course.organizer, "ended")
    preview = answer(course.organizer.call("GET", f"/projects/{course.id}/settlement/preview"))
    grants = {each["cme_number"]: each["credits"] for each in preview["grants"]}
    assert grants == {numbers[0]: "5.00", numbers[4]: "4.00"}  # a speaker's hour gives two (N06)
    assert {each["cme_number"] for each in preview["skipped"]} == set(numbers[1:4])
    assert all(each["reasons"] for each in preview["skipped"])
    first = course.settle()
    assert (first["granted"], first["skipped"]) == (2, 3)
    assert credits_of(passes, year) == ["5.00"]
    assert credits_of(lecturer, year) == ["4.00"]
    assert credits_of(slow, year) == credits_of(leaves, year) == []
    compliance = answer(passes.call("GET", f"/me/compliance?year={year}"))
    assert (compliance["result"], compliance["missing"]["credits"]) == ("not_met", "20.00")

    # corrected: what was wrong is taken back or added with a reason, and settled again; the rest stands
    wrong = {"cme_numbers": [numbers[4]], "reason": "授课学时登记有误"}
    answer(course.authority.call("POST", f"/settlements/{first['id']}/reversals", json=wrong))
    answer(course.authority.call("POST", f"/settlements/{first['id']}/reopening", json={"reason": "更正学时和考勤"}))
    said["speakers"][0]["hours"] = "1.0"
    assert course.organizer.call("PUT", f"/projects/{course.id}/taught-hours", json=said).status_code == 204
    present = {"cme_number": numbers[2], "mark": "present", "reason": "下午在场，签到设备故障，有签名"}
    answer(course.organizer.call("POST", f"/sessions/{afternoon}/corrections", json=present), 201)
    second = course.settle()
    assert second["granted"] == 2
    assert [credits_of(who, year) for who in (passes, slow, leaves, absent, lecturer)] == [
        ["5.00"], [], ["5.00"], [], ["2.00"],
    ]  # fmt: skip

    # proven, from files and with the script that knows no database
    sweep(demo.settings)
    granted = answer(passes.call("GET", f"/me/credits?from={year}-01-01&to={year}-12-31"))["items"][0]["id"]
    proof = answer(passes.call("GET", f"/ledger-entries/{granted}/proof"))
    assert is_proven(tmp_path, demo, proof)
    proof["leaf"] = proof["leaf"].replace('"5.00"', '"9.00"')
    assert not is_proven(tmp_path, demo, proof)


def credits_of(who: Phone, year: int) -> list[str]:
    """Their approved credits of a year, row by row."""
    return [
        each["credits"] for each in answer(who.call("GET", f"/me/credits?from={year}-01-01&to={year}-12-31"))["items"]
    ]


def is_proven(folder: Path, demo: Demo, proof: dict[str, Any]) -> bool:
    """Let `scripts/verify-ledger` say whether a proof holds."""
    keys = folder / "jwks.json"
    keys.write_text(httpx.get(f"{demo.base_url}/.well-known/jwks.json", trust_env=False).text)
    (folder / "proof.json").write_text(json.dumps(proof))
    done = subprocess.run(  # noqa: S603 - our own script
        [ROOT / "scripts" / "verify-ledger", "--keys", keys, "inclusion", folder / "proof.json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode == 0
