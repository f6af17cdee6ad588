"""What the people of the demo have done before the pictures are taken, each through the API."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from foundation.clock import day_at_home
from tests import photos
from tests.credit.evidence.files import picture
from tests.journeys.phone import NEW_PASSWORD, Phone
from tests.service.running.running_service import until

APPROVED = {"decision": "approve", "comment": "同意"}
_PHOTOS = 3
_AT_THE_DOOR = 12  # place of a learner who has not come yet
_SAME_FACE = 13  # of another one, who enrols the face of the one before
PRESENT = "本人到场，已核对证件"
_ASKED: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("成人心肺复苏时，胸外按压的频率是", ("60–80 次/分", "80–100 次/分", "100–120 次/分", "120–140 次/分"), (2,)),
    ("下列属于可电击心律的有", ("心室颤动", "无脉性室速", "心脏停搏", "无脉性电活动"), (0, 1)),
    ("成人胸外按压的深度是", ("3–4 厘米", "5–6 厘米", "7–8 厘米", "越深越好"), (1,)),
)
QUESTIONS = [
    {
        "kind": "single" if len(right) == 1 else "multiple",
        "text": text,
        "options": options,
        "correct": right,
        "points": 1,
    }
    for text, options, right in _ASKED
]


@dataclass(frozen=True)
class Story:
    """Who and what the pictures show. numbers: the 继教编号 by role; ids: of projects and sessions by what they are."""

    numbers: dict[str, str]
    ids: dict[str, str]
    organizer: Phone
    at_the_door: Phone

    def screen_path(self) -> str:
        """Open a new venue screen and return its path."""
        told = answer(self.organizer.call("POST", f"/sessions/{self.ids['session']}/screens"), 201)
        return f"/screen/{told['token']}"

    def pairing_code(self) -> str:
        """Return the code that pairs a kiosk."""
        made = self.organizer.call("POST", f"/sessions/{self.ids['session']}/kiosks", json={})
        return str(answer(made, 201)["pairing_code"])

    def personal_code(self) -> str:
        """Return what the phone of somebody at the door shows now."""
        codes: list[dict[str, str]] = answer(self.at_the_door.call("GET", "/me/qr"))["codes"]
        return codes[0]["code"]

    def code(self) -> str:
        """Return what the venue's screen shows now."""
        return str(answer(self.organizer.call("GET", f"/sessions/{self.ids['session']}/qr"))["url"])


def tell_once(base_url: str, var: Path) -> Story:
    """Let the people of the demo in `var` do all of it, unless they have done it already; return what came of it."""
    kept = var / "story.json"
    told = json.loads((var / "demo.json").read_text(encoding="utf-8"))
    if not kept.exists():
        kept.write_text(json.dumps(Telling(base_url, told).tell()), encoding="utf-8")
    ids = json.loads(kept.read_text(encoding="utf-8"))
    people = {"organizer": told["organizer"], **told["admins"], "learner": told["certified"]}
    people["at_the_door"] = told["learners"][_AT_THE_DOOR]
    numbers = {who: str(each["cme_number"]) for who, each in people.items()}
    return Story(numbers, ids, *(_signed_in(base_url, numbers[who]) for who in ("organizer", "at_the_door")))


def photos_of_one() -> list[bytes]:
    """Return photos of a real face, with which somebody enrols and checks in; no picture shows them."""
    group = next(group for group in photos.people().values() if len(group) >= _PHOTOS)
    return [path.read_bytes() for path in group[:_PHOTOS]]


def _signed_in(base_url: str, number: str) -> Phone:
    login = {"cme_number": number, "password": NEW_PASSWORD}
    return Phone(base_url, answer(Phone(base_url).call("POST", "/auth/login", json=login))["access_token"])


def answer(reply: httpx.Response, *statuses: int) -> dict[str, Any]:
    """Return the body of an answer with one of the statuses, 200 by default. Raises RuntimeError."""
    if reply.status_code not in (statuses or (200,)):
        raise RuntimeError(f"{reply.request.method} {reply.request.url}: {reply.status_code} {reply.text[:400]}")
    return dict(reply.json()) if reply.content else {}


class Telling:
    """Tells the story to a running demo. told: its demo.json."""

    def __init__(self, base_url: str, told: dict[str, Any]) -> None:
        self._base_url, self._told = base_url, told
        self._admins = told["admins"]
        self._today = day_at_home(datetime.now(UTC))
        self.organizer = self._sign_in(told["organizer"])
        self._authority = self._sign_in(self._admins["authority"])
        self._learner = self._sign_in(told["certified"])
        self._number = str(told["certified"]["cme_number"])
        self._others = [str(each["cme_number"]) for each in told["learners"]]

    def _sign_in(self, account: dict[str, str]) -> Phone:
        return Phone(self._base_url).sign_in(account)

    def tell(self) -> dict[str, str]:
        """Let everything happen, and return the ids that the pictures need."""
        session = next(each for each in self._told["sessions"] if each["qr_mode"] == "rotating")
        admins = [self._admins[who] for who in ("unit", "department", "system")]
        for account in admins:
            self._sign_in(account)
        enrolled = self._sign_in(self._told["learners"][_AT_THE_DOOR]).enrol(photos_of_one()[1:3])
        answer(enrolled, 201)
        answer(self._sign_in(self._told["learners"][_SAME_FACE]).enrol(photos_of_one()[1:3]), 409)
        roster = {"cme_numbers": [self._number], "role": "learner"}
        answer(self.organizer.call("POST", f"/projects/{session['project']}/roster", json=roster))
        self._fill_the_room(session["id"])
        settled = self._course("急诊心电图判读新进展", days_ago=1)
        self._attend(settled["session"])
        self._evaluate(settled["project"])
        self._sit(settled["project"])
        self._settle(settled["project"])
        running = self._course("心肺复苏与电除颤实训班", days_ago=0)
        self._attend(running["session"])
        waiting = self._course("胸痛中心建设学习班", days_ago=0)
        self._attend(waiting["session"])
        self._step(self.organizer, waiting["project"], "ended")
        settlement = self._confirm(waiting["project"])
        opening = self._opening()
        self._claims()
        return {
            "session": str(session["id"]),
            "project": str(session["project"]),
            "settled": settled["project"],
            "running": running["project"],
            "opening": opening,
            "settlement": settlement,
        }

    # --- Projects

    def _course(self, name: str, *, days_ago: int) -> dict[str, str]:
        """Bring a project to its running, with a session that is on, an evaluation and an exam."""
        project = self._project(name, days_ago=days_ago)
        now = datetime.now(UTC)
        begins, ends = (now - timedelta(minutes=50)).isoformat(), (now + timedelta(minutes=10)).isoformat()
        session = {
            "title": "上午", "venue": "学术报告厅", "liveness": "none", "qr_mode": "rotating",
            "starts_at": begins, "ends_at": ends, "windows": {"in_closes_at": ends},
        }  # fmt: skip
        made = answer(self.organizer.call("POST", f"/projects/{project}/sessions", json=session), 201)
        roster = {"cme_numbers": [self._number, *self._others[:5]], "role": "learner"}
        answer(self.organizer.call("POST", f"/projects/{project}/roster", json=roster))
        asked = [
            {"kind": "stars", "text": "内容是否实用"},
            {"kind": "stars", "text": "讲课是否清楚"},
            {"kind": "text", "text": "您的建议"},
        ]
        answer(self.organizer.call("PUT", f"/projects/{project}/evaluation", json={"questions": asked}))
        rules = {"pass_mark": 60, "minutes": 30, "attempts": 2, "pause_minutes": 0, "needs_attendance": False}
        answer(self.organizer.call("PUT", f"/projects/{project}/exam", json={**rules, "questions": QUESTIONS}))
        self._step(self.organizer, project, "running")
        return {"project": project, "session": str(made["id"])}

    def _project(self, name: str, *, days_ago: int, **more: Any) -> str:
        begun, ends = self._today - timedelta(days=days_ago), self._today + timedelta(days=more.pop("days", 0))
        course = {
            "name": name, "category": "NAT", "delivery_mode": "培训班", "credits": "5.00", "hours": "15.0",
            "starts_on": str(begun), "ends_on": str(ends),
            "conditions": {"min_attendance": "0.80", "check_out": False, "evaluation": True, "exam": True}, **more,
        }  # fmt: skip
        project = str(answer(self.organizer.call("POST", "/projects", json=course), 201)["id"])
        self._step(self.organizer, project, "filed")
        self._step(self._authority, project, "approved")
        self._step(self.organizer, project, "announced")
        return project

    def _opening(self) -> str:
        """Announce a project that people can apply for."""
        return self._project(
            "卒中绿色通道与静脉溶栓学习班", days_ago=-20, days=22, applications="reviewed", capacity=120
        )

    def _step(self, who: Phone, project: str, to: str) -> None:
        answer(who.call("POST", f"/projects/{project}/transitions", json={"to": to}))

    # --- People

    def _fill_the_room(self, session: str) -> None:
        """Let some people be there, the learner among them not yet."""
        people = [{"cme_number": each} for each in self._others[2:11]]
        body = {"people": people, "direction": "in", "reason": PRESENT}
        answer(self.organizer.call("POST", f"/sessions/{session}/attendance/many", json=body))

    def _attend(self, session: str) -> None:
        for number in (self._number, self._others[0]):
            body = {"cme_number": number, "direction": "in", "reason": PRESENT}
            answer(self.organizer.call("POST", f"/sessions/{session}/attendance", json=body), 201)

    def _evaluate(self, project: str) -> None:
        asked = answer(self._learner.call("GET", f"/projects/{project}/evaluation"))["questions"]
        said = [{"question_id": each["id"], "value": 5 if each["kind"] == "stars" else "很好"} for each in asked]
        answer(self._learner.call("POST", f"/projects/{project}/evaluation/responses", json={"answers": said}), 201)

    def _sit(self, project: str) -> None:
        """Sit the exam with all answers right."""
        begun = answer(self._learner.call("POST", f"/projects/{project}/exam/attempts"), 201)
        right = {text: [options[place] for place in places] for text, options, places in _ASKED}
        for asked in begun["questions"]:
            picked = [each["id"] for each in asked["options"] if each["text"] in right[asked["text"]]]
            path = f"/exam-attempts/{begun['id']}/answers/{asked['id']}"
            answer(self._learner.call("PUT", path, json={"options": picked}))
        answer(self._learner.call("POST", f"/exam-attempts/{begun['id']}/submission"))

    def _confirm(self, project: str) -> str:
        body = {"cut_off": True, "reason": "名单已核对"}
        return str(answer(self.organizer.call("POST", f"/projects/{project}/settlement", json=body), 202)["id"])

    def _settle(self, project: str) -> None:
        self._step(self.organizer, project, "ended")
        path = f"/settlements/{self._confirm(project)}"
        answer(self._authority.call("POST", f"{path}/review", json=APPROVED), 202)
        until(lambda: answer(self._authority.call("GET", path))["status"] == "settled", "the settlement is posted")

    def _claims(self) -> None:
        """Enter a claim, and submit another one."""
        photo = {"file": ("certificate.jpg", picture(size=(800, 600)), "image/jpeg")}
        evidence = str(answer(self._learner.call("POST", "/evidence", files=photo), 201)["id"])
        claim = {
            "mode": "wizard", "rule": "GRT-PRV", "rank": 3, "activity_name": "急性心梗溶栓时间窗研究立项",
            "activity_date": str(self._today - timedelta(days=3)), "delivery_mode": "论文著作",
            "discipline_l2": "临床内科学", "discipline_l3": "心血管病学", "issuer": "示范市第一医院",
            "evidence": [evidence], "hours": "6.0",
        }  # fmt: skip
        study = {"rule": "CASE-L", "rank": None, "activity_name": "肺栓塞诊治进展学习讨论", "hours": "2.0"}
        answer(self._learner.call("POST", "/me/claims", json={**claim, "submit": True}), 201)
        answer(self._learner.call("POST", "/me/claims", json={**claim, **study, "submit": False}), 201)
