"""What is done with the rows of an import, a few hundred at a time: checked, claimed, recorded, taken back.

In a request all of it is one transaction; a job commits after each portion and goes on from there. Between portions
nothing can come in between: an import claims its activities, all at once, before it records the first of them.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credit.imports.checks import check_rows
from credit.imports.postings import grant_of, record_of
from credit.imports.rows import read_row
from credit.ledger import posting
from credit.ledger.posting import NewEntry
from credit.records.records import withdraw
from credit.rules.rule_book import Calendar
from foundation.clock import day_at_home
from models.credit_records import CreditImport, CreditImportRow, RowState
from models.imports import ImportStatus
from models.ledger import SourceKind

_PORTION = 500


def check(db: Session, found: CreditImport, *, now: datetime) -> Iterator[int]:
    """Check the rows that were not, giving how many are done after each portion; then it waits for a decision."""
    calendar = Calendar(db)
    for rows in _portions(db, found, RowState.UNCHECKED):
        check_rows(db, found, rows, calendar=calendar, now=now)
        yield from _done(db, found, rows, RowState.GOOD, RowState.BAD)
    found.error_count = count(db, found, RowState.BAD)
    found.status = ImportStatus.CHECKED
    db.flush()


def claim(db: Session, found: CreditImport) -> bool:
    """Check all rows once more while nobody else posts, and claim their activities; False where any has errors now.

    Then the import is as it was before its commit, with what was found written to the rows. Another import may have
    brought an activity since the preview. found: with the instant of the commit, whose rules and day are gone by.
    """
    assert found.committed_at is not None  # noqa: S101 - for the type checker
    posting.take_turn(db)
    calendar, last = Calendar(db, known_at=found.committed_at), 0
    mine = CreditImportRow.import_id == found.id
    while True:
        wanted = select(CreditImportRow).where(mine, CreditImportRow.number > last).order_by(CreditImportRow.number)
        rows = db.scalars(wanted.limit(_PORTION)).all()
        if not rows:
            break
        check_rows(db, found, rows, calendar=calendar, now=found.committed_at)
        last = rows[-1].number
        _let_go(db, rows)
    found.error_count = count(db, found, RowState.BAD)
    if found.error_count:
        found.status, found.committed_at, found.committed_by = ImportStatus.CHECKED, None, None
        db.flush()
        return False
    db.execute(update(CreditImportRow).where(mine).values(state=RowState.CLAIMED))
    return True


def record(db: Session, found: CreditImport, *, now: datetime) -> Iterator[int]:
    """Record the claimed rows, giving how many are done after each portion: grants, and records that wait."""
    calendar = Calendar(db, known_at=found.committed_at)
    for rows in _in_turn(db, found, RowState.CLAIMED):
        _supersede(db, found, rows)
        _record(db, found, rows, calendar, now)
        yield from _done(db, found, rows, RowState.RECORDED)
    found.status = ImportStatus.COMMITTED
    db.flush()


def undo(db: Session, found: CreditImport, *, now: datetime) -> Iterator[int]:
    """Take back what the rows brought, giving how many are done after each portion.

    Grants are reversed, records withdrawn. What was taken back before and came again with another import is that one's.
    """
    assert found.undone_by is not None  # noqa: S101 - for the type checker
    reason = found.undo_reason or ""
    for rows in _in_turn(db, found, RowState.RECORDED):
        ids = [row.source_id for row in rows if row.source_id is not None]
        withdraw(db, source_kind=SourceKind.IMPORT, source_ids=ids, reason=reason, actor_id=found.undone_by, now=now)
        grants = posting.live_grants(db, source_kind=SourceKind.IMPORT, source_ids=ids)
        posting.reverse(db, grants=grants, reason=reason, now=now, actor_id=found.undone_by)
        for row in rows:
            row.state = RowState.UNDONE
        yield from _done(db, found, rows, RowState.UNDONE)
    found.status = ImportStatus.UNDONE
    db.flush()


def count(db: Session, found: CreditImport, *states: RowState) -> int:
    """How many rows are in one of these states."""
    mine = CreditImportRow.import_id == found.id, CreditImportRow.state.in_(states)
    return db.scalar(select(func.count()).select_from(CreditImportRow).where(*mine)) or 0


def _record(
    db: Session, found: CreditImport, rows: Sequence[CreditImportRow], calendar: Calendar, now: datetime
) -> None:
    assert found.committed_at is not None  # noqa: S101 - for the type checker, as the next line
    assert found.committed_by is not None  # noqa: S101
    ids = [row.source_id for row in rows if row.source_id is not None]
    last = posting.last_generations(db, source_kind=SourceKind.IMPORT, source_ids=ids)
    grants: list[NewEntry] = []
    for row in rows:
        good, _ = read_row(row.content, today=day_at_home(found.committed_at), rules_on=calendar.on)
        if good is None or row.person_id is None or row.source_id is None:
            raise RuntimeError("a row that was claimed can't be read any more")
        if good.is_approved:
            generation = last.get((row.source_id, row.person_id), 0) + 1
            grants.append(
                grant_of(
                    good,
                    rule_set=calendar.on(good.activity_on),
                    person_id=row.person_id,
                    generation=generation,
                    actor_id=found.committed_by,
                    now=now,
                )
            )
        else:
            db.add(record_of(good, person_id=row.person_id, now=now))
        row.state = RowState.RECORDED
    db.flush()
    if posting.post_many(db, grants).already:
        raise RuntimeError("a grant appeared in the ledger for an activity that was claimed")


def _supersede(db: Session, found: CreditImport, rows: Sequence[CreditImportRow]) -> None:
    """Rows of older imports that brought the same before were taken back one by one: undoing those is nothing to us."""
    ids = [row.source_id for row in rows]
    others = CreditImportRow.import_id != found.id, CreditImportRow.state == RowState.RECORDED
    db.execute(update(CreditImportRow).where(CreditImportRow.source_id.in_(ids), *others).values(state=RowState.UNDONE))


def _portions(db: Session, found: CreditImport, state: RowState) -> Iterator[Sequence[CreditImportRow]]:
    """The rows that are still in a state, some at a time; whoever takes them must bring them into another."""
    wanted = select(CreditImportRow).where(CreditImportRow.import_id == found.id, CreditImportRow.state == state)
    while rows := db.scalars(wanted.order_by(CreditImportRow.number).limit(_PORTION)).all():
        yield rows


def _in_turn(db: Session, found: CreditImport, state: RowState) -> Iterator[Sequence[CreditImportRow]]:
    """The same, each portion read when it is our turn at the ledger: what another import superseded is not among them.

    The turn comes before records are locked, here and wherever both are needed, so that nobody waits in a circle.
    """
    posting.take_turn(db)
    for rows in _portions(db, found, state):
        yield rows
        posting.take_turn(db)  # a job has committed meanwhile, which ended the one before


def _done(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], *states: RowState) -> Iterator[int]:
    db.flush()
    yield count(db, found, *states)
    _let_go(db, rows)


def _let_go(db: Session, rows: Sequence[CreditImportRow]) -> None:
    """Memory doesn't grow with the import."""
    db.flush()
    for row in rows:
        db.expunge(row)
