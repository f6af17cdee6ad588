"""A hospital that has opened claims, with a department, its admin, the hospital's, and the authority."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.people import Person, Role, Unit, UnitKind
from tests.api import Api, Reply
from tests.credit.claims.files import upload
from tests.factories import Factories
from tests.fakes import FakeClock

STUDY, GRANT = "CASE-L", "GRT-PRV"


@dataclass
class ClaimScene:
    """Who is there. learner: somebody of the department; department, unit, authority: its admins, signed in."""

    api: Api
    make: Factories
    clock: FakeClock
    db: Session
    hospital: Unit
    ward: Unit
    person: Person
    learner: Api
    department: Api
    unit: Api
    authority: Api
    staff: dict[str, Person]
    files: dict[str, str] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The day in the province."""
        return day_at_home(self.clock.now())

    def evidence(self, who: Api | None = None) -> str:
        """The id of a file of the learner's, or of somebody else's."""
        return upload(who or self.learner)

    def body(self, **changes: Any) -> dict[str, Any]:
        """A good claim: the third member of a provincial grant, 6.00 credits (figure 5)."""
        if "evidence" not in changes and "own" not in self.files:
            self.files["own"] = self.evidence()
        body: dict[str, Any] = {
            "mode": "wizard",
            "rule": GRANT,
            "rank": 3,
            "activity_name": "急性心梗溶栓时间窗研究立项",
            "activity_date": self.today.isoformat(),
            "delivery_mode": "论文著作",
            "discipline_l2": "临床内科学",
            "discipline_l3": "心血管病学",
            "issuer": "第一医院",
            "evidence": [self.files.get("own", "")],
            "hours": "6.0",
        } | changes
        return {name: value for name, value in body.items() if value is not ...}

    def study(self, **changes: Any) -> dict[str, Any]:
        """A good claim of an in-house study (业务学习)."""
        facts = {"rule": STUDY, "rank": ..., "activity_name": "肺栓塞诊治进展学习讨论"}
        return self.body(**(facts | changes))

    def enter(self, **changes: Any) -> Reply:
        """Enter a claim."""
        return self.learner.post("/me/claims", self.body(**changes))

    def claim(self, **changes: Any) -> str:
        """Enter and submit a claim: its id."""
        made = self.enter(submit=True, **changes)
        assert made.status_code == 201, made.json
        return str(made.json["id"])

    def review(self, who: Api, claim: str, decision: str = "approve", **more: Any) -> Reply:
        """Decide on a claim."""
        comment = "同意" if decision == "approve" else "请补充材料"
        return who.post(f"/claims/{claim}/reviews", {"decision": decision, "comment": comment, **more})

    def approve(self, claim: str) -> None:
        """Let both levels approve a claim."""
        for who in (self.department, self.unit):
            reply = self.review(who, claim)
            assert reply.status_code == 200, reply.json

    def mine(self, claim: str) -> dict[str, Any]:
        """What its owner sees of a claim."""
        return dict(self.learner.get(f"/me/claims/{claim}").json)

    def queue(self, who: Api) -> list[str]:
        """The claims that wait for somebody."""
        reply = who.get("/reviews/claims")
        assert reply.status_code == 200, reply.json
        return [each["id"] for each in reply.json["items"]]

    def credits(self, more: str = "") -> dict[str, Any]:
        """What the learner sees of this year."""
        reply = self.learner.get(f"/me/credits?from={self.today.year}-01-01&to={self.today.year}-12-31{more}")
        assert reply.status_code == 200, reply.json
        return dict(reply.json)


def make_claim_scene(api: Api, make: Factories, clock: FakeClock, db: Session) -> ClaimScene:
    """A hospital with an open ward."""
    hospital = make.unit()
    ward = make.unit(parent=hospital, kind=UnitKind.DEPARTMENT, name="急诊科")
    person = make.person(unit=ward)
    staff = {
        "department": make.staff(Role.DEPARTMENT_ADMIN, ward),
        "unit": make.staff(Role.UNIT_ADMIN, hospital),
        "authority": make.staff(Role.AUTHORITY, make.province),
    }
    signed_in = {name: api.as_(each) for name, each in staff.items()}
    opened = signed_in["unit"].put(f"/units/{hospital.id}/claim-settings", {"is_open": True})
    assert opened.status_code == 200, opened.json
    return ClaimScene(api, make, clock, db, hospital, ward, person, api.as_(person), **signed_in, staff=staff)
