"""Signed tree heads: each states the content of the ledger at an instant (X-11), and can be proven later."""

from dataclasses import dataclass
from datetime import datetime

import jwt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.errors import HeadNotSigned, LedgerAltered
from credit.ledger.merkle import consistency_path, inclusion_path
from credit.ledger.tiles import WIDTH, Tree, find_altered, grow, ledger_size
from foundation.errors import NotFound
from foundation.signing import Signer
from models.ledger import LedgerEntry
from models.ledger_tree import TreeHead

TYP = "cme-tree-head+jwt"
_TILES = 100  # stored at most in one transaction
_LOOK_TILES, _LOOK_SECONDS = 40, 600
_TURN = 7_303_015  # the number of the advisory lock for signing, on PostgreSQL


def sign_head(db: Session, *, signer: Signer, issuer: str, now: datetime) -> TreeHead:
    """Sign the ledger and return the new head, or the last one if nothing was added.

    Before it is signed, the present tree must begin with the tree of the last head. Raises LedgerAltered otherwise, so
    that an altered ledger is never signed; HeadNotSigned if it is empty.
    """
    _take_turn(db)
    size, last = ledger_size(db), find_head(db)
    if size == 0 and last is None:
        raise HeadNotSigned(facts={"why": "empty"})
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
    """Store some of the tiles that are full; return how many. Call it again after a commit until it returns 0."""
    _take_turn(db)
    return grow(db, most=_TILES)


def look_again(db: Session, *, now: datetime) -> int | None:
    """Hash a section of old rows again; return the first position that was altered, or None.

    Each period of ten minutes checks another section, and after the last section the first one again: ten million
    entries take a week.
    """
    kept = ledger_size(db) // WIDTH
    pieces = max(1, -(-kept // _LOOK_TILES))
    piece = int(now.timestamp()) // _LOOK_SECONDS % pieces
    return find_altered(db, first=piece * _LOOK_TILES, count=_LOOK_TILES)


def _take_turn(db: Session) -> None:
    """Wait until no other process stores tiles or signs heads. On SQLite there is only one writer anyway."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _require_unaltered(db: Session, last: TreeHead, size: int) -> None:
    if size < last.size:
        raise LedgerAltered(first=size)
    if Tree(db).subtree(0, last.size) != last.root:
        raise LedgerAltered(first=0)


def find_head(db: Session, size: int | None = None) -> TreeHead | None:
    """Return the head of that size, or the last one if no size is given; None if there is none."""
    wanted = select(TreeHead).order_by(TreeHead.size.desc()).limit(1)
    return db.scalars(wanted if size is None else wanted.where(TreeHead.size == size)).first()


def key_of(head: TreeHead) -> str:
    """Return the `kid` of the key that signed a head."""
    return str(jwt.get_unverified_header(head.token)["kid"])


def list_heads(db: Session, *, before: int | None, limit: int) -> list[TreeHead]:
    """Return the heads, newest first. before: the size of the last head of the page before."""
    wanted = select(TreeHead).order_by(TreeHead.size.desc()).limit(limit)
    return list(db.scalars(wanted if before is None else wanted.where(TreeHead.size < before)))


@dataclass(frozen=True)
class Inclusion:
    """A proof that an entry is in the tree of a signed head."""

    entry: LedgerEntry
    head: TreeHead
    path: list[bytes]


def prove_inclusion(db: Session, *, entry: LedgerEntry, size: int | None, due_at: datetime) -> Inclusion:
    """Return the proof that an entry is in the tree of a head. size: of the head, None for the last one.

    due_at: when the next head will be signed. Raises NotFound if there is no head of this size, or the entry was posted
    after it; HeadNotSigned if no head has the entry yet.
    """
    head = find_head(db, size)
    if head is None or entry.position >= head.size:
        if size is None:
            raise HeadNotSigned(facts={"why": "entry", "by": due_at.isoformat()})
        raise NotFound(field="size")
    return Inclusion(entry, head, inclusion_path(entry.position, head.size, Tree(db).subtree))


@dataclass(frozen=True)
class Consistency:
    """A proof that the tree of a signed head begins with the tree of an older one."""

    old: TreeHead
    new: TreeHead
    path: list[bytes]


def prove_consistency(db: Session, *, old: int, new: int) -> Consistency:
    """Return the proof that a later head only added entries to an older one. old, new: sizes. Raises NotFound."""
    older, newer = find_head(db, old), find_head(db, new)
    if older is None or newer is None or older.size > newer.size:
        raise NotFound
    return Consistency(older, newer, consistency_path(older.size, newer.size, Tree(db).subtree))
