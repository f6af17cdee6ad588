"""Claims as a property: whatever their owner and the reviewers do in any order, each is where the rules put it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.ledger import EntryKind, LedgerEntry
from models.people import Person
from tests.api import Api, Reply
from tests.credit.claims.claiming import ClaimScene

ACTS = (
    "enter", "change", "submit", "withdraw", "delete", "reverse",
    "department approve", "department return", "department reject", "unit approve", "unit return", "unit reject",
)  # fmt: skip
STUDIES = (0, 1)
"""Two of the three claims are studies of one day, so that they are in each other's way."""
CREDITS = ("0.20", "0.20", "6.00")
GONE, DRAFT, DEPARTMENT, UNIT = "gone", "draft", "department", "unit"
RETURNED, APPROVED, REJECTED, REVERSED = "returned", "approved", "rejected", "reversed"
AFTER = {"return": RETURNED, "reject": REJECTED}
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2)), max_size=14)
walk = st.lists(st.integers(0, 2), max_size=2).map(
    lambda places: [(act, p) for p in places for act in ("enter", "submit", "department approve", "unit approve")]
)
"""The usual way, which single steps alone seldom take to its end."""


@dataclass
class Model:
    """Where each claim should be, and its id."""

    scene: ClaimScene
    person: Person
    me: Api
    file: str
    states: list[str] = field(default_factory=lambda: [GONE] * 3)
    ids: dict[int, str] = field(default_factory=dict)

    def take(self, act: str, place: int) -> None:
        """Take one step in the service and in the model; both must agree whether it is allowed."""
        may, after, call = self._step(act, place)
        if call is None:
            return
        reply = call()
        assert (reply.status_code < 300) == may, (act, place, self.states, reply.status_code, reply.json)
        if reply.status_code >= 300:
            assert reply.status_code in (404, 409), (act, reply.json)
            return
        if act == "enter":
            self.ids[place] = reply.json["id"]
        self.states[place] = after

    def _step(self, act: str, place: int) -> tuple[bool, str, Callable[[], Reply] | None]:
        state, claim = self.states[place], self.ids.get(place)
        mine = f"/me/claims/{claim}"
        if act == "enter":
            if state not in (GONE, REJECTED, REVERSED):
                return False, state, None
            return not self._is_day_taken(place), DRAFT, lambda: self.me.post("/me/claims", self._body(place))
        if claim is None:
            return False, state, None
        is_open = state in (DRAFT, RETURNED)
        who, _, decision = act.partition(" ")
        if decision:
            after = AFTER.get(decision) or (UNIT if who == DEPARTMENT else APPROVED)
            reviewer = self.scene.department if who == DEPARTMENT else self.scene.unit
            return state == who, after, lambda: self.scene.review(reviewer, claim, decision)
        if act == "change":
            return is_open, state, lambda: self.me.patch(mine, {"remark": "已补"})
        if act == "delete":
            return is_open, GONE, lambda: self.me.delete(mine)
        if act == "withdraw":
            return state == DEPARTMENT, DRAFT, lambda: self.me.post(f"{mine}/withdrawal")
        if act == "submit":
            return is_open, DEPARTMENT, lambda: self._submit(claim)
        entry = self._entry(claim)
        path = f"/ledger-entries/{entry}/reversal"
        return state == APPROVED, REVERSED, entry and (lambda: self.scene.authority.post(path, {"reason": "材料不实"}))

    def _submit(self, claim: str) -> Reply:
        """Submit one, and answer a refusal as a reply of its own would."""
        reply = self.me.post("/me/claims/submissions", {"ids": [claim]})
        if reply.json["refused"]:
            reply.status_code = 409
        return reply

    def _entry(self, claim: str) -> str | None:
        is_grant = LedgerEntry.kind == EntryKind.GRANT
        rows = self.scene.db.scalars(select(LedgerEntry).where(LedgerEntry.person_id == self.person.id, is_grant))
        return next((str(row.id) for row in rows if str(row.source_id) == claim), None)

    def _is_day_taken(self, place: int) -> bool:
        others = [self.states[each] for each in STUDIES if each != place]
        return place in STUDIES and any(state not in (GONE, REJECTED, REVERSED) for state in others)

    def _body(self, place: int) -> dict[str, object]:
        named = {"evidence": [self.file], "activity_name": f"心衰诊治进展第{place}讲"}
        return self.scene.study(**named) if place in STUDIES else self.scene.body(**named)

    def check(self) -> None:
        """What the owner, the queues and the ledger show is what should be."""
        shown = {each["id"]: each for each in self.me.get("/me/claims").json["items"]}
        queues = {DEPARTMENT: self.scene.queue(self.scene.department), UNIT: self.scene.queue(self.scene.unit)}
        for place, state in enumerate(self.states):
            claim = self.ids.get(place)
            if state == GONE:
                assert claim not in shown
                continue
            told = shown[str(claim)]
            assert told["status"] == ("submitted" if state in queues else state)
            assert told["waits_for"] == (state if state in queues else None)
            assert {level for level, ids in queues.items() if claim in ids} == {state} & set(queues)
        year = self.me.get(f"/me/credits?from={self.scene.today.year}-01-01&to={self.scene.today.year}-12-31").json
        approved = [CREDITS[place] for place, state in enumerate(self.states) if state == APPROVED]
        waiting = [CREDITS[place] for place, state in enumerate(self.states) if state in queues]
        assert year["approved_totals"]["credits"] == f"{sum(map(float, approved)):.2f}"
        assert year["totals"]["credits"] == f"{sum(map(float, [*approved, *waiting])):.2f}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(before=walk, made=steps)
def test_in_any_order_a_claim_is_where_the_rules_put_it_and_granted_once(
    scene: ClaimScene, before: list[tuple[str, int]], made: list[tuple[str, int]]
) -> None:
    person = scene.make.person(unit=scene.ward)
    me = scene.api.as_(person)
    model = Model(scene, person, me, scene.evidence(me))
    for act, place in [*before, *made]:
        model.take(act, place)
    model.check()
