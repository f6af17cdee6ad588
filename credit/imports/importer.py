"""Tells the import engine what to do with a portion of rows at each step of a credit import.

A commit claims the activities of all rows before it records the first one. No other import can record them then.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from credit.imports.checks import check_rows, find_obstacle
from credit.imports.postings import grant_of, record_of
from credit.imports.rows import GoodRow, read_row
from credit.ledger import posting
from credit.ledger.posting import NewEntry
from credit.records.recorded import recorded_of
from credit.records.records import withdraw
from credit.rules.rule_book import Calendar
from foundation.clock import day_at_home
from foundation.imports.importers import PORTION, Claim, Importer, RowPass
from foundation.jobs import Result
from models.credit_records import CreditImport, CreditImportRow, RowState
from models.imports import ImportStatus
from models.ledger import SourceKind

_DOUBTFUL = (RowState.GOOD, RowState.BAD, RowState.CLAIMED, RowState.LEFT_OUT)


def _check(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], now: datetime) -> None:
    """Write its errors and warnings to each row."""
    check_rows(db, found, rows, calendar=Calendar(db), now=now)


def _claim(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], now: datetime) -> None:
    """Check rows again while nobody else posts, and claim their activities. Claim none if any row now has an error.

    A row with a warning that nobody accepted is left out. The rules and the day are those of the instant of the commit.
    """
    assert found.committed_at is not None  # noqa: S101 - for the type checker
    check_rows(db, found, rows, calendar=Calendar(db, known_at=found.committed_at), now=found.committed_at)
    is_one_bad = any(row.state is RowState.BAD for row in rows)
    for row in rows:
        if row.state is RowState.GOOD and is_one_bad:
            row.state = RowState.UNCHECKED
        elif row.state is RowState.GOOD:
            row.state = RowState.LEFT_OUT if row.warnings and not row.accepted_reason else RowState.CLAIMED


def _give_back(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], now: datetime) -> None:
    for row in rows:
        row.state = RowState.UNCHECKED


def _record(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], now: datetime) -> None:
    """Record claimed rows: approved rows as grants, pending rows as records that wait for approval.

    A claim stops other imports and no settlement: a row whose activity a settlement took since is left out.
    """
    assert found.committed_at is not None  # noqa: S101 - for the type checker, as the next line
    assert found.committed_by is not None  # noqa: S101
    _supersede(db, found, rows)
    calendar = Calendar(db, known_at=found.committed_at)
    ids = [row.source_id for row in rows if row.source_id is not None]
    last = posting.last_generations(db, source_kind=SourceKind.IMPORT, source_ids=ids)
    good_rows = [_claimed_row(row, found.committed_at, calendar) for row in rows]
    asked = [(row.person_id, good.activity_on) for row, good in good_rows if row.person_id]
    shelf = recorded_of(db, asked, also_waiting=False)
    grants: list[NewEntry] = []
    for row, good in good_rows:
        assert row.person_id is not None and row.source_id is not None  # noqa: S101, PT018 - it was claimed
        obstacle = find_obstacle(shelf, row.person_id, good, calendar)
        if obstacle is not None and obstacle.is_sure:
            row.state, row.warnings = RowState.LEFT_OUT, [obstacle.shown()]
            continue
        if good.is_approved:
            grants.append(
                grant_of(
                    good,
                    rule_set=calendar.on(good.activity_on),
                    person_id=row.person_id,
                    generation=last.get((row.source_id, row.person_id), 0) + 1,
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


def _claimed_row(row: CreditImportRow, committed_at: datetime, calendar: Calendar) -> tuple[CreditImportRow, GoodRow]:
    good, _ = read_row(row.content, today=day_at_home(committed_at), rules_on=calendar.on)
    if good is None or row.person_id is None:
        raise RuntimeError("a row that was claimed can't be read any more")
    return row, good


def _take_back(db: Session, found: CreditImport, rows: Sequence[CreditImportRow], now: datetime) -> None:
    """Reverse the grants and withdraw the records of rows, and give up the claims of a commit that died.

    A row that was already taken back, and recorded again by another import, belongs to that import.
    """
    assert found.undone_by is not None  # noqa: S101 - for the type checker
    reason = found.undo_reason or ""
    ids = [row.source_id for row in rows if row.source_id is not None and row.state is RowState.RECORDED]
    withdraw(db, source_kind=SourceKind.IMPORT, source_ids=ids, reason=reason, actor_id=found.undone_by, now=now)
    grants = posting.live_grants(db, source_kind=SourceKind.IMPORT, source_ids=ids)
    posting.reverse(db, grants=grants, reason=reason, now=now, actor_id=found.undone_by)
    for row in rows:
        row.state = RowState.UNDONE


def _ended(db: Session, found: CreditImport, now: datetime) -> Result:
    """Return the result of the job of a step that ended; after the check, store the number of errors."""
    if found.status is ImportStatus.CHECKED:
        bad = CreditImportRow.import_id == found.id, CreditImportRow.state == RowState.BAD
        found.error_count = db.scalar(select(func.count()).select_from(CreditImportRow).where(*bad)) or 0
        found.committed_by = None
        return {"errors": found.error_count}
    if found.status is not ImportStatus.COMMITTED:
        return None
    left_out = count_left_out(db, found)
    return {"committed": found.row_count - left_out, "left_out": left_out}


def count_left_out(db: Session, found: CreditImport) -> int:
    """Return how many rows an import was committed without."""
    mine = CreditImportRow.import_id == found.id, CreditImportRow.state == RowState.LEFT_OUT
    return db.scalar(select(func.count()).select_from(CreditImportRow).where(*mine)) or 0


def _supersede(db: Session, found: CreditImport, rows: Sequence[CreditImportRow]) -> None:
    """Mark rows of older imports with the same activities: those were taken back, and undoing them has no effect."""
    ids = [row.source_id for row in rows]
    others = CreditImportRow.import_id != found.id, CreditImportRow.state == RowState.RECORDED
    superseded = update(CreditImportRow).where(CreditImportRow.source_id.in_(ids), *others)
    db.execute(superseded.values(state=RowState.UNDONE).execution_options(synchronize_session=False))


def _take_turn(db: Session, found: CreditImport) -> None:
    """Wait for the turn at the ledger before rows are read, so that rows superseded by another import are left out.

    The turn comes before records are locked, here and wherever both are needed, so that there is no deadlock.
    """
    posting.take_turn(db)


CREDIT_IMPORTS = Importer(
    name="credit_import",
    imports=CreditImport,
    rows=CreditImportRow,
    made_at=CreditImport.created_at,
    rows_in_request=PORTION,
    is_bad=CreditImportRow.state == RowState.BAD,
    check=RowPass(CreditImportRow.state == RowState.UNCHECKED, _check),
    # Rows are in the order of their activities: of imports with the same rows, one then claims all of them. Of imports
    # that write one activity in two ways, both may find it claimed by the other: then neither is committed.
    claim=Claim(
        take=RowPass(CreditImportRow.state == RowState.GOOD, _claim, _take_turn, CreditImportRow.source_id),
        give_back=RowPass(CreditImportRow.state.in_(_DOUBTFUL), _give_back),
    ),
    commit=RowPass(CreditImportRow.state == RowState.CLAIMED, _record, _take_turn),
    undo=RowPass(CreditImportRow.state.in_((RowState.RECORDED, RowState.CLAIMED)), _take_back, _take_turn),
    ended=_ended,
)
