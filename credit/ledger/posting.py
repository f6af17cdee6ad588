"""Posts grants and reversals to the ledger, each exactly once. Entries are never changed.

One transaction posts at a time: it waits for its turn and keeps it until it ends. So positions have no gaps, and what
it read after `take_turn` is still true. Post last in a transaction, so that others don't wait for unrelated work.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from credit.errors import AlreadyGranted, AlreadyReversed, NoRule, StillGranted
from credit.rules.rule_book import get_rule_set
from models.base import new_id
from models.ledger import EntryKind, GrantReversal, LedgerEntry, ReversalCause, SourceRole

_TURN = 7_303_014  # names the advisory lock on PostgreSQL; any number that nothing else uses
_CHUNK = 500  # ids in one statement
_Reversal = aliased(LedgerEntry)
is_taken_back = exists().where(_Reversal.reverses == LedgerEntry.id)
"""True for a grant that was reversed. A statement with it selects from LedgerEntry."""


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A grant or a reversal to post.

    credits: raw, 0.01 steps; counted: after the project's cap, None if all count; hours: 0.1 steps; all below zero
    in a reversal. generation: 1 for the first grant of a source to a person, one more for each correction.
    """

    person_id: uuid.UUID
    source_kind: str
    source_id: uuid.UUID
    category: str
    rule_code: str
    rule_set: str
    rule_set_version: int
    credits: Decimal
    hours: Decimal
    activity_on: date
    activity_name: str
    delivery_mode: str
    recorded_by_unit: str
    granted_at: datetime
    actor_id: uuid.UUID | None
    kind: EntryKind = EntryKind.GRANT
    source_role: SourceRole = SourceRole.LEARNER
    generation: int = 1
    counted: Decimal | None = None
    activity_number: str | None = None
    activity_type: str = "集体活动"
    discipline: str | None = None
    reverses: uuid.UUID | None = None
    reason: str | None = None

    @property
    def once(self) -> tuple[str, uuid.UUID, uuid.UUID, int, EntryKind]:
        """Return the unique key of the entry in the ledger."""
        return (self.source_kind, self.source_id, self.person_id, self.generation, self.kind)


@dataclass(frozen=True)
class Posting:
    """The result of posting many entries. posted: ids in the order given; already: entries that existed before."""

    posted: tuple[uuid.UUID, ...]
    already: tuple[NewEntry, ...]


def post(db: Session, *, entry: NewEntry) -> LedgerEntry:
    """Post one entry. Raises AlreadyGranted, AlreadyReversed, StillGranted, NoRule, NoRuleSet."""
    done = post_many(db, [entry])
    if not done.posted:
        raise AlreadyReversed if entry.kind is EntryKind.REVERSAL else AlreadyGranted
    return db.scalars(select(LedgerEntry).where(LedgerEntry.id == done.posted[0])).one()


def post_many(db: Session, entries: Iterable[NewEntry]) -> Posting:
    """Post entries, except those that exist already. A second call changes nothing.

    Raises StillGranted for a correction whose earlier grant was not reversed; NoRule, NoRuleSet if an entry has no rule
    in a known version. Then nothing is posted.
    """
    entries = tuple(entries)
    classes = {key: class_of(db, *key) for key in {_rule_key(entry) for entry in entries}}
    take_turn(db)
    there = _found(db, entries)
    fresh: dict[Any, NewEntry] = {}
    already = []
    for entry in entries:
        if entry.once in there or entry.once in fresh:
            already.append(entry)
        else:
            _require_reversed(entry, there)
            fresh[entry.once] = entry
    position = next_position(db)
    rows = [_row(entry, position + place, classes[_rule_key(entry)]) for place, entry in enumerate(fresh.values())]
    if rows:
        db.execute(insert(LedgerEntry), rows)
    return Posting(tuple(row["id"] for row in rows), tuple(already))


def reverse(
    db: Session,
    *,
    grants: Sequence[LedgerEntry],
    reason: str,
    now: datetime,
    actor_id: uuid.UUID | None,
    cause: ReversalCause = ReversalCause.MISTAKE,
) -> Posting:
    """Reverse grants in full, for one cause. Grants that are reversed already stay as they are."""
    done = post_many(db, [reversal_of(grant, reason=reason, now=now, actor_id=actor_id) for grant in grants])
    db.add_all(GrantReversal(entry_id=entry_id, cause=cause) for entry_id in done.posted)
    db.flush()
    return done


def reversal_of(grant: LedgerEntry, *, reason: str, now: datetime, actor_id: uuid.UUID | None) -> NewEntry:
    """Return the entry that reverses a grant: the same activity with the negative amounts."""
    copied = {
        name: getattr(grant, name)
        for name in (
            "person_id", "source_kind", "source_id", "source_role", "generation", "category", "rule_code", "rule_set",
            "rule_set_version", "activity_on", "activity_name", "activity_number", "activity_type", "delivery_mode",
            "discipline", "recorded_by_unit",
        )
    }  # fmt: skip
    return NewEntry(
        **copied,
        kind=EntryKind.REVERSAL,
        credits=-grant.credits,
        counted=-grant.counted,
        hours=-grant.hours,
        reverses=grant.id,
        reason=reason,
        granted_at=now,
        actor_id=actor_id,
    )


def live_grants(
    db: Session, *, source_kind: str, source_ids: Iterable[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> list[LedgerEntry]:
    """Return the grants of some sources that were not reversed, in order of posting. people: None for everybody."""
    rows = list(_of_sources(db, source_kind, source_ids, people))
    gone = {row.reverses for row in rows}
    live = [row for row in rows if row.kind is EntryKind.GRANT and row.id not in gone]
    return sorted(live, key=lambda row: row.position)


def last_generations(
    db: Session, *, source_kind: str, source_ids: Iterable[uuid.UUID]
) -> dict[tuple[uuid.UUID, uuid.UUID], int]:
    """Return the newest generation by source and person. A person who never had a grant of a source is left out."""
    last: dict[tuple[uuid.UUID, uuid.UUID], int] = {}
    for row in _of_sources(db, source_kind, source_ids):
        key = (row.source_id, row.person_id)
        last[key] = max(last.get(key, 0), row.generation)
    return last


def take_turn(db: Session) -> None:
    """Wait until no other transaction posts, and make others wait until this one ends.

    On SQLite there is only one writer anyway. On PostgreSQL it is an advisory lock of the transaction.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _rule_key(entry: NewEntry) -> tuple[str, int, str, str]:
    return (entry.rule_set, entry.rule_set_version, entry.category, entry.rule_code)


def class_of(db: Session, code: str, version: int, category: str, rule_code: str) -> str | None:
    """Return the class of a category by a version of a rule set.

    Raises NoRule, NoRuleSet.
    """
    rule_set = get_rule_set(db, code, version)
    found = rule_set.find_category(category)
    if found is None or rule_set.find_rule(rule_code) is None:
        raise NoRule(field="category")
    return found.credit_class


def _of_sources(
    db: Session, source_kind: str, source_ids: Iterable[uuid.UUID], people: Collection[uuid.UUID] | None = None
) -> Iterator[LedgerEntry]:
    ordered = sorted(set(source_ids))
    for start in range(0, len(ordered), _CHUNK):
        part = ordered[start : start + _CHUNK]
        wanted = select(LedgerEntry).where(LedgerEntry.source_kind == source_kind, LedgerEntry.source_id.in_(part))
        yield from db.scalars(wanted if people is None else wanted.where(LedgerEntry.person_id.in_(people)))


def next_position(db: Session) -> int:
    """Return the position of the next entry. Call it after `take_turn`."""
    last = db.scalar(select(func.max(LedgerEntry.position)))
    return 0 if last is None else last + 1


def _found(db: Session, entries: Sequence[NewEntry]) -> set[Any]:
    """Return the unique keys of all entries that have the sources of these entries."""
    sources: dict[str, set[uuid.UUID]] = {}
    for entry in entries:
        sources.setdefault(entry.source_kind, set()).add(entry.source_id)
    once = select(
        LedgerEntry.source_kind, LedgerEntry.source_id, LedgerEntry.person_id, LedgerEntry.generation, LedgerEntry.kind
    )
    found: set[Any] = set()
    for kind, ids in sources.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), _CHUNK):
            part = ordered[start : start + _CHUNK]
            wanted = once.where(LedgerEntry.source_kind == kind, LedgerEntry.source_id.in_(part))
            found.update(tuple(row) for row in db.execute(wanted))
    return found


def _require_reversed(entry: NewEntry, there: set[Any]) -> None:
    if entry.kind is EntryKind.GRANT and entry.generation > 1:
        before = replace(entry, generation=entry.generation - 1, kind=EntryKind.REVERSAL)
        if before.once not in there:
            raise StillGranted


def _row(entry: NewEntry, position: int, credit_class: str | None) -> dict[str, Any]:
    row = dict(vars(entry))
    row["counted"] = entry.credits if entry.counted is None else entry.counted
    return row | {"id": new_id(), "position": position, "credit_class": credit_class}
