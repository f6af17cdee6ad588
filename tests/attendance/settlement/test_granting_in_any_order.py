"""No order of settling, importing, reversing and undoing grants one activity twice, however it is written."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from apiflask import APIFlask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from foundation.clock import day_at_home
from models.credit_records import CreditRecord, RecordStatus
from models.ledger import EntryKind, LedgerEntry
from models.people import Person
from models.projects import Project
from tests.api import Api
from tests.attendance.settlement.job_work import work
from tests.attendance.settlement.settling import Closing, close
from tests.factories import Factories
from tests.fakes import FakeClock

NAME = "重复记录学习班"


def spellings(number: str) -> list[dict[str, str]]:
    """The ways in which others write the activity of this number."""
    wide = number.replace("-", "－", 1).replace("(", " （").replace(")", "）")
    return [
        {"name": NAME, "number": number},
        {"name": f"{NAME[:4]}　{NAME[4:]}", "number": wide},
        {"name": "重复记录 学习班"},
    ]


@dataclass
class History:
    """One person, one activity: its settlement here, and the imports that tell of it."""

    closing: Closing
    person: Person
    work: Callable[[bool], None]
    day: str
    """The day of the project on which the imports say that it was."""
    imports: list[str] = field(default_factory=list)
    settlement_id: str = str(uuid.UUID(int=0))

    def confirm(self, _: int) -> None:
        self.settlement_id = self.closing.confirm().json.get("id", self.settlement_id)

    def approve(self, _: int) -> None:
        self.closing.review(self.settlement_id)
        self.work(False)

    def give_back(self, _: int) -> None:
        self.closing.review(self.settlement_id, "return", "请更正")

    def take_back(self, _: int) -> None:
        self.closing.reverse(self.settlement_id, "li")

    def reopen(self, _: int) -> None:
        self.closing.reopen(self.settlement_id)

    def preview(self, how: int) -> None:
        """Send one or two spellings of the activity, which may wait for approval."""
        status = "pending" if how % 5 == 0 else "approved"
        rows = [self._row(each, status) for each in (how, how // 3)[: 1 + how % 2]]
        self.imports.append(self.closing.unit.post("/credit-imports", {"rows": rows}).json["id"])

    def commit(self, which: int) -> None:
        if self.imports:
            path = f"/credit-imports/{self.imports[which % len(self.imports)]}/commit"
            assert self.closing.unit.post(path).status_code in (200, 409)

    def bring(self, how: int) -> None:
        self.preview(how)
        self.commit(len(self.imports) - 1)

    def undo(self, which: int) -> None:
        if self.imports:
            path = f"/credit-imports/{self.imports[which % len(self.imports)]}/undo"
            self.closing.unit.post(path, {"reason": "来源有误"})

    def decide(self, how: int) -> None:
        for record in self.closing.unit.get("/credit-records").json["items"]:
            body = {"decision": "reject" if how % 3 == 0 else "approve", "comment": "已核对"}
            reply = self.closing.unit.post(f"/credit-records/{record['id']}/decision", body)
            assert reply.status_code in (200, 409), reply.json

    def _row(self, spelling: int, status: str) -> dict[str, Any]:
        return {
            "cme_number": self.person.cme_number, "date": self.day, "category": "NAT",
            "activity_type": "集体活动", "delivery_mode": "培训班", "hours": "15.0", "credits": "5.00",
            "recorded_by": "示例学会", "status": status, **spellings(str(self.closing.project.number))[spelling % 3],
        }  # fmt: skip

    def live(self) -> int:
        """How many grants the person has that were not reversed."""
        entries = self.closing.db.scalars(
            select(LedgerEntry).where(LedgerEntry.person_id == self.person.id).execution_options(populate_existing=True)
        ).all()
        return sum(1 if entry.kind is EntryKind.GRANT else -1 for entry in entries)


EVENTS = (
    History.confirm, History.approve, History.give_back, History.take_back, History.reopen, History.preview,
    History.commit, History.bring, History.undo, History.decide,
)  # fmt: skip
LIKELY = [History.confirm, History.approve, History.bring, History.commit]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    course=st.lists(st.tuples(st.sampled_from(EVENTS) | st.sampled_from(LIKELY), st.integers(0, 29)), max_size=14),
    days=st.integers(0, 2),
)
def test_no_order_of_events_grants_one_activity_twice_and_none_loses_it(
    app: APIFlask, api: Api, make: Factories, clock: FakeClock, db: Session,
    course: list[tuple[Callable[[History, int], None], int]], days: int,
) -> None:  # fmt: skip
    work(app, clock, is_cut_short=False)  # what the last course of events left
    db.execute(update(CreditRecord).values(status=RecordStatus.WITHDRAWN))
    today = day_at_home(clock.now())
    number = f"2026-03-01-{db.scalar(select(func.count()).select_from(Project)):04d}(国)"
    facts = {"name": NAME, "number": number, "starts_on": today - timedelta(days=2), "ends_on": today}
    closing = close(api, make, clock, db, **facts)
    history = History(
        closing, closing.expect("li"), partial(work, app, clock), (today - timedelta(days=days)).isoformat()
    )
    for event, how in course:
        event(history, how)
        assert history.live() in (0, 1)
    # whatever has been, the activity can still be granted: by the next settlement, or it is granted already
    history.give_back(0)
    history.reopen(0)
    history.confirm(0)
    history.approve(0)
    assert history.live() == 1
