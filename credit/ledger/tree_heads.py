"""Signed tree heads: what the ledger was at an instant, said once and for all (X-11)."""

from dataclasses import dataclass
from datetime import datetime

import jwt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.errors import LedgerAltered
from credit.ledger.merkle import consistency_path, inclusion_path
from credit.ledger.tiles import WIDTH, Tree, find_altered, grow, ledger_size
from foundation.errors import NotFound
from foundation.signing import Signer
from models.ledger import LedgerEntry
from models.ledger_tree import TreeHead

TYP = "cme-tree-head+jwt"
_TILES = 100  # kept at a time
_LOOK_TILES, _LOOK_SECONDS = 40, 600
_TURN = 7_303_015  # names the advisory lock of those who sign, on PostgreSQL


def sign_head(db: Session, *, signer: Signer, issuer: str, now: datetime) -> TreeHead:
    """Sign the ledger as it is now; if nothing was added since the last head, that one. Raises NotFound when empty.

    Before anything is signed, the tree as it is now must begin with the last head that was signed: raises LedgerAltered
    otherwise, and an altered ledger gets no signature.
    """
    _take_turn(db)
    size, last = ledger_size(db), find_head(db)
    if size == 0 and last is None:
        raise NotFound
    if last is not None:
        _require_unaltered(db, last, size)
        if last.size == size:
            return last
    while grow(db, most=_TILES):
        pass
    root = Tree(db).subtree(0, size)
    claims = {"iss": issuer, "size": size, "root": root.hex(), "iat": int(now.timestamp())}
    head = TreeHead(size=size, root=root, signed_at=now, token=signer.sign(claims, TYP))
    db.add(head)
    db.flush()
    return head


def catch_up(db: Session) -> int:
    """Keep some tiles that are full by now: how many. For who commits in between, when very many rows came in."""
    _take_turn(db)
    return grow(db, most=_TILES)


def look_again(db: Session, *, now: datetime) -> int | None:
    """Hash rows again that were hashed long ago: the first position that was altered, or None.

    Each ten minutes have a piece of the ledger of their own, so that all of it is gone through in turn: ten million
    entries in a week.
    """
    kept = ledger_size(db) // WIDTH
    pieces = max(1, -(-kept // _LOOK_TILES))
    piece = int(now.timestamp()) // _LOOK_SECONDS % pieces
    return find_altered(db, first=piece * _LOOK_TILES, count=_LOOK_TILES)


def _take_turn(db: Session) -> None:
    """One process at a time keeps tiles and signs heads; SQLite's writers take turns anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _require_unaltered(db: Session, last: TreeHead, size: int) -> None:
    if size < last.size:
        raise LedgerAltered(first=size)
    if Tree(db).subtree(0, last.size) != last.root:
        raise LedgerAltered(first=0)


def find_head(db: Session, size: int | None = None) -> TreeHead | None:
    """Return the head of that size, or the last one; None where none was signed."""
    wanted = select(TreeHead).order_by(TreeHead.size.desc()).limit(1)
    return db.scalars(wanted if size is None else wanted.where(TreeHead.size == size)).first()


def key_of(head: TreeHead) -> str:
    """Return which key signed a head: its `kid`."""
    return str(jwt.get_unverified_header(head.token)["kid"])


def get_head(db: Session) -> TreeHead:
    """Return the last head. Raises NotFound where none was signed yet."""
    found = find_head(db)
    if found is None:
        raise NotFound
    return found


def list_heads(db: Session, *, before: int | None, limit: int) -> list[TreeHead]:
    """Return the heads, the last one first. before: the size of the head that the page before ended with."""
    wanted = select(TreeHead).order_by(TreeHead.size.desc()).limit(limit)
    return list(db.scalars(wanted if before is None else wanted.where(TreeHead.size < before)))


@dataclass(frozen=True)
class Inclusion:
    """That an entry is in the tree of a signed head."""

    entry: LedgerEntry
    head: TreeHead
    path: list[bytes]


def prove_inclusion(db: Session, *, entry: LedgerEntry, size: int | None) -> Inclusion:
    """Prove that an entry is in the tree of a head. size: of the head, None for the last one.

    Raises NotFound where no such head was signed, or the entry came after it.
    """
    head = find_head(db, size)
    if head is None or entry.position >= head.size:
        raise NotFound
    return Inclusion(entry, head, inclusion_path(entry.position, head.size, Tree(db).subtree))


@dataclass(frozen=True)
class Consistency:
    """That the tree of one signed head begins with the tree of an older one."""

    old: TreeHead
    new: TreeHead
    path: list[bytes]


def prove_consistency(db: Session, *, old: int, new: int) -> Consistency:
    """Prove that nothing was changed from one head to a later one. old, new: their sizes. Raises NotFound."""
    older, newer = find_head(db, old), find_head(db, new)
    if older is None or newer is None or older.size > newer.size:
        raise NotFound
    return Consistency(older, newer, consistency_path(older.size, newer.size, Tree(db).subtree))
