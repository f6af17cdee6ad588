"""Stores the hashes of the ledger's Merkle tree in tiles of 256. The newest hashes are computed from the rows.

A proof over ten million entries reads three tiles and less than 256 rows of the ledger.
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.errors import LedgerAltered
from credit.ledger.leaves import leaf_of
from credit.ledger.merkle import EMPTY, leaf_hash, node_hash, root_of, split_of
from models.ledger import LedgerEntry
from models.ledger_tree import LedgerTile

WIDTH = 256
_HASH = 32
_BITS = 8  # WIDTH is two to the power of it


def ledger_size(db: Session) -> int:
    """Return the number of entries: the last position, because positions have no gaps."""
    last = db.scalar(select(func.max(LedgerEntry.position)))
    return 0 if last is None else last + 1


class Tree:
    """Reads the hashes of the ledger's tree. Each tile is read once."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._read: dict[tuple[int, int], bytes] = {}

    def subtree(self, begin: int, end: int) -> bytes:
        """Return the hash of the entries from `begin` to before `end`. Raises LedgerAltered where rows are missing."""
        size = end - begin
        if size == 0:
            return EMPTY
        height = size.bit_length() - 1
        if size == 1 << height and begin % size == 0:
            return self._perfect(height, begin >> height)
        middle = begin + split_of(size)
        return node_hash(self.subtree(begin, middle), self.subtree(middle, end))

    def _perfect(self, height: int, number: int) -> bytes:
        level, rest = divmod(height, _BITS)
        return root_of(self._hashes(level, number << rest, 1 << rest))

    def _hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return adjacent hashes of a level. All of them must be in one tile."""
        tile, offset = divmod(first, WIDTH)
        if (level, tile) not in self._read:
            self._read[level, tile] = self._load(level, tile)
        found = self._read[level, tile][offset * _HASH : (offset + count) * _HASH]
        if len(found) < count * _HASH:
            raise LedgerAltered(first=first << level * _BITS)
        return _cut(found)

    def _load(self, level: int, tile: int) -> bytes:
        full = self._db.scalar(select(LedgerTile.hashes).where(LedgerTile.level == level, LedgerTile.number == tile))
        if full is not None:
            return full
        if level == 0:
            return b"".join(leaf_hashes(self._db, tile * WIDTH, (tile + 1) * WIDTH))
        return b"".join(_roots(self._db, level - 1, tile))


def grow(db: Session, *, most: int) -> int:
    """Store the tiles that are full, at most `most` of the lowest level; return how many of the lowest were stored.

    Only one process may do this at a time: a second one fails on the primary key.
    """
    last = db.scalar(select(func.max(LedgerTile.number)).where(LedgerTile.level == 0))
    first = 0 if last is None else last + 1
    full = min(ledger_size(db) // WIDTH, first + most)
    for number in range(first, full):
        _keep(db, 0, number, leaf_hashes(db, number * WIDTH, (number + 1) * WIDTH))
        level = 0
        while (number + 1) % WIDTH == 0:  # this tile was the last one that the tile above needed
            number = number // WIDTH
            _keep(db, level + 1, number, _roots(db, level, number))
            level += 1
    db.flush()
    return full - first


def find_altered(db: Session, *, first: int, count: int) -> int | None:
    """Hash the rows of some stored tiles again; return the first position whose hash differs, or None."""
    kept = db.execute(
        select(LedgerTile.number, LedgerTile.hashes)
        .where(LedgerTile.level == 0, LedgerTile.number >= first, LedgerTile.number < first + count)
        .order_by(LedgerTile.number)
    )
    for number, hashes in kept.all():
        try:
            now = leaf_hashes(db, number * WIDTH, (number + 1) * WIDTH)
        except LedgerAltered as altered:
            return altered.first
        for place, before in enumerate(_cut(hashes)):
            if place >= len(now) or now[place] != before:
                return int(number) * WIDTH + place
    return None


def leaf_hashes(db: Session, begin: int, end: int) -> list[bytes]:
    """Return the leaf hashes of the rows from `begin` to before `end`, or to the last row.

    Raises LedgerAltered at a gap.
    """
    wanted = select(LedgerEntry).where(LedgerEntry.position >= begin, LedgerEntry.position < end)
    hashes = []
    for place, row in enumerate(db.scalars(wanted.order_by(LedgerEntry.position)), begin):
        if row.position != place:
            raise LedgerAltered(first=place)
        hashes.append(leaf_hash(leaf_of(row)))
        db.expunge(row)  # so that memory does not grow with the number of rows
    return hashes


def _keep(db: Session, level: int, number: int, hashes: Sequence[bytes]) -> None:
    if len(hashes) != WIDTH:
        raise LedgerAltered(first=number * WIDTH ** (level + 1))
    db.add(LedgerTile(level=level, number=number, hashes=b"".join(hashes), root=root_of(hashes)))
    db.flush()


def _roots(db: Session, level: int, tile: int) -> Sequence[bytes]:
    """Return the roots of the tiles below a tile of the next level: its hashes."""
    return db.scalars(
        select(LedgerTile.root)
        .where(LedgerTile.level == level)
        .where(LedgerTile.number >= tile * WIDTH, LedgerTile.number < (tile + 1) * WIDTH)
        .order_by(LedgerTile.number)
    ).all()


def _cut(hashes: bytes) -> list[bytes]:
    return [hashes[i : i + _HASH] for i in range(0, len(hashes), _HASH)]
