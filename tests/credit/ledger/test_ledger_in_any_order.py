"""The ledger as a property: whatever is posted, again, reversed or corrected in any order, sums are what is live."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from credit.access import CreditHolder
from credit.compliance.lines import find_lines, whole_year
from credit.compliance.totals import totals_of
from credit.errors import AlreadyGranted, StillGranted
from credit.ledger import posting
from models.base import new_id
from models.ledger import LedgerEntry
from tests.credit.conftest import CreditScene, New

STEPS = ("grant", "again", "reverse", "correct")
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2), st.integers(1, 999)), max_size=12)


@dataclass
class Model:
    """What should be: by source, its generation, and what is live of it."""

    sources: Sequence[uuid.UUID]
    generation: dict[int, int] = field(default_factory=dict)
    live: dict[int, Decimal] = field(default_factory=dict)

    def amounts(self) -> list[Decimal]:
        return sorted(self.live.values())


def take(db: Session, model: Model, new: New, step: tuple[str, int, int]) -> None:
    """Take one step in the ledger and in the model."""
    kind, place, cents = step
    source, credits = model.sources[place], Decimal(cents) / 100
    generation = model.generation.get(place, 0)
    grants = posting.live_grants(db, source_kind="project", source_ids=[source])
    if kind == "reverse":
        again = [*grants, *grants]  # asked twice for the same
        done = posting.reverse(db, grants=again, reason="录入有误", now=new().granted_at, actor_id=None)
        assert len(done.posted) == len(grants) == (place in model.live)
        model.live.pop(place, None)
        return
    wanted = generation + 1 if kind == "correct" else max(generation, 1)
    try:
        posting.post(db, entry=new(source_id=source, credits=credits, generation=wanted))
    except AlreadyGranted:
        assert wanted == generation
    except StillGranted:
        assert kind == "correct"
        assert place in model.live
    else:
        assert wanted == generation + 1
        assert place not in model.live
        model.generation[place], model.live[place] = wanted, credits


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(made=steps)
def test_no_order_of_events_grants_twice_and_totals_are_the_sum_of_live_grants(
    scene: CreditScene, new: New, made: list[tuple[str, int, int]]
) -> None:
    db, person = scene.db, scene.make.person(unit=scene.unit)
    model = Model([new_id() for _ in range(3)])
    for step in made:
        take(db, model, lambda **facts: new(person_id=person.id, **facts), step)
    live = posting.live_grants(db, source_kind="project", source_ids=model.sources)
    assert sorted(grant.credits for grant in live) == model.amounts()
    totals = totals_of(db, holder=CreditHolder(person.id), period=whole_year(2026), status=None)
    assert totals.credits == totals.class_i == sum(model.amounts())
    assert totals.hours == 15 * len(model.live)
    shown = find_lines(db, holder=CreditHolder(person.id), period=whole_year(2026), status=None, after=None, limit=None)
    assert sorted(line.credits for line in shown) == model.amounts()


def test_a_reversal_restores_what_was_before(scene: CreditScene, new: New) -> None:
    db, person_id = scene.db, scene.person.id
    posting.post(db, entry=new(person_id=person_id))
    before = totals_of(db, holder=CreditHolder(person_id), period=whole_year(2026), status=None)
    grant: LedgerEntry = posting.post(db, entry=new(person_id=person_id, category="MUN", rule_code="MUN-L"))
    posting.reverse(db, grants=[grant], reason="录入有误", now=grant.granted_at, actor_id=None)
    assert totals_of(db, holder=CreditHolder(person_id), period=whole_year(2026), status=None) == before
