"""The Merkle tree over the ledger: its hashes in tiles, and the heads that were signed. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime

_BIG = BigInteger().with_variant(Integer, "sqlite")


class LedgerTile(Base):
    """256 hashes side by side, once all of them are there. At level 0 they are leaves, above the roots of tiles."""

    __tablename__ = "ledger_tile"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class TreeHead(Base):
    """The root of the first `size` entries, signed."""

    __tablename__ = "tree_head"

    size: Mapped[int] = mapped_column(_BIG, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token: Mapped[str] = mapped_column(Text)
    """A compact JWS (EdDSA) over issuer, size, root and time."""
