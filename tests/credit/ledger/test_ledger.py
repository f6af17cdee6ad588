"""The ledger: exactly once, append-only, and every row traceable to a rule."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from credit.errors import AlreadyGranted, AlreadyReversed, NoRule, NoRuleSet, StillGranted
from credit.ledger import posting
from models.base import new_id
from models.ledger import EntryKind, LedgerEntry
from tests.credit.conftest import New
from tests.databases import table_of
from tests.factories import Factories
from tests.fakes import FakeClock


def take_back(db: Session, grant: LedgerEntry, clock: FakeClock) -> posting.Posting:
    return posting.reverse(db, grants=[grant], reason="录入有误", now=clock.now(), actor_id=None)


def test_a_grant_is_kept_as_it_was_posted_with_its_class(db: Session, new: New) -> None:
    entry = new()
    row = posting.post(db, entry=entry)
    db.expire_all()
    assert {name: getattr(row, name) for name in vars(entry) if name != "counted"} == {
        name: value for name, value in vars(entry).items() if name != "counted"
    }
    assert (row.counted, row.credit_class, row.position) == (Decimal("5.00"), "I", 0)


def test_the_same_grant_again_is_refused_and_changes_nothing(db: Session, new: New) -> None:
    entry = new()
    posting.post(db, entry=entry)
    with pytest.raises(AlreadyGranted):
        posting.post(db, entry=entry)
    assert db.scalar(select(func.count(LedgerEntry.position))) == 1


def test_posting_many_again_posts_only_what_is_missing(db: Session, new: New, make: Factories) -> None:
    source = new_id()
    entries = [new(source_id=source, person_id=make.person().id) for _ in range(3)]
    first = posting.post_many(db, entries[:2])
    again = posting.post_many(db, [*entries, entries[2]])
    assert (len(first.posted), len(again.posted)) == (2, 1)
    assert again.already == (*entries[:2], entries[2])
    assert db.scalars(select(LedgerEntry.position).order_by(LedgerEntry.position)).all() == [0, 1, 2]


def test_the_database_itself_refuses_a_second_grant(db: Session, new: New) -> None:
    row = posting.post(db, entry=new())
    columns = [column for column in LedgerEntry.__table__.columns if column.name not in ("id", "position")]
    twin = {column.name: getattr(row, column.name) for column in columns}
    with pytest.raises(IntegrityError):
        db.execute(table_of(LedgerEntry).insert(), twin | {"id": new_id(), "position": 1})


def test_a_reversal_takes_back_all_of_a_grant_once(db: Session, new: New, clock: FakeClock) -> None:
    grant = posting.post(db, entry=new())
    assert len(take_back(db, grant, clock).posted) == 1
    assert take_back(db, grant, clock).posted == ()
    with pytest.raises(AlreadyReversed):
        posting.post(db, entry=posting.reversal_of(grant, reason="再次", now=clock.now(), actor_id=None))
    assert db.scalar(select(func.sum(LedgerEntry.credits))) == Decimal("0.00")
    assert posting.live_grants(db, source_kind=grant.source_kind, source_ids=[grant.source_id]) == []


def test_a_corrected_grant_follows_a_reversal_and_nothing_else(db: Session, new: New, clock: FakeClock) -> None:
    entry = new()
    grant = posting.post(db, entry=entry)
    corrected = new(source_id=entry.source_id, credits=Decimal("3.00"), generation=2)
    with pytest.raises(StillGranted):
        posting.post(db, entry=corrected)
    take_back(db, grant, clock)
    with pytest.raises(AlreadyGranted):
        posting.post(db, entry=entry)
    posting.post(db, entry=corrected)
    (live,) = posting.live_grants(db, source_kind="project", source_ids=[entry.source_id])
    assert live.credits == Decimal("3.00")
    assert db.scalar(select(func.sum(LedgerEntry.credits))) == Decimal("3.00")


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"rule_code": "NAT-X"}, NoRule),
        ({"category": "NOPE"}, NoRule),
        ({"rule_set_version": 99}, NoRuleSet),
        ({"rule_set": "ZZ"}, NoRuleSet),
    ],
)
def test_what_can_not_be_traced_to_a_rule_is_not_posted(
    db: Session, new: New, facts: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        posting.post_many(db, [new(), new(**facts)])
    assert db.scalar(select(func.count(LedgerEntry.position))) == 0


CHANGES = [
    update(LedgerEntry).values(credits=Decimal("25.00")),
    update(LedgerEntry).values(position=7),
    delete(LedgerEntry),
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_or_delete_a_row(db: Session, new: New, change: Any) -> None:
    posting.post(db, entry=new())
    with pytest.raises(DBAPIError, match="only ever added"):
        db.execute(change)
    db.rollback()
    assert db.scalar(select(LedgerEntry.credits)) == Decimal("5.00")


def test_no_statement_of_the_database_gets_round_the_triggers(db: Session, new: New) -> None:
    posting.post(db, entry=new())
    if db.get_bind().dialect.name == "sqlite":  # deletes what is in its way without asking the triggers of DELETE
        names = ", ".join(column.name for column in LedgerEntry.__table__.columns)
        others = names.replace("position", "position + 1", 1)
        attempts = [
            f"INSERT OR REPLACE INTO ledger_entry ({names}) SELECT {values} FROM ledger_entry"  # noqa: S608
            for values in (names, others)
        ]
    else:
        attempts = ["TRUNCATE ledger_entry CASCADE"]
    for attempt in attempts:
        with pytest.raises(DBAPIError, match="only ever added"):
            db.execute(text(attempt))
        db.rollback()
    assert db.scalar(select(func.count(LedgerEntry.position))) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"position": 5},
        {"credits": Decimal("-5.00"), "counted": Decimal("-5.00")},
        {"counted": Decimal("6.00")},
        {"kind": EntryKind.REVERSAL},
        {"generation": 2},
    ],
)
def test_the_database_refuses_a_row_that_does_not_fit_the_ledger(db: Session, new: New, facts: dict[str, Any]) -> None:
    first = posting.post(db, entry=new())
    values = {column.name: getattr(first, column.name) for column in LedgerEntry.__table__.columns}
    fitting = values | {"id": new_id(), "source_id": new_id(), "position": 1}
    with pytest.raises(DBAPIError):
        db.execute(table_of(LedgerEntry).insert(), fitting | facts)
    db.rollback()
    db.execute(table_of(LedgerEntry).insert(), fitting)


@pytest.mark.parametrize("facts", [{"credits": Decimal("-4.00")}, {"hours": Decimal("0.0")}, {"category": "MUN"}])
def test_the_database_refuses_a_reversal_that_is_no_mirror(
    db: Session, new: New, clock: FakeClock, facts: dict[str, Any]
) -> None:
    grant = posting.post(db, entry=new())
    mirror = vars(posting.reversal_of(grant, reason="录入有误", now=clock.now(), actor_id=None))
    row = mirror | {"id": new_id(), "position": 1, "credit_class": "I"}
    with pytest.raises(DBAPIError, match="mirror"):
        db.execute(table_of(LedgerEntry).insert(), row | facts)


def test_amounts_finer_than_the_ledger_are_an_error_and_never_rounded(db: Session, new: New) -> None:
    with pytest.raises(Exception, match="has more than 2 places"):
        posting.post(db, entry=new(credits=Decimal("1.005")))
