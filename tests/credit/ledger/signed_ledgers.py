"""What the tests of signed heads and proofs share."""

from typing import Any

from sqlalchemy import select

from credit.ledger import posting
from models.ledger import LedgerEntry
from tests.credit.conftest import CreditScene, New


def fill(scene: CreditScene, new: New, count: int) -> None:
    posting.post_many(scene.db, [new(person_id=scene.person.id) for _ in range(count)])


def sign(scene: CreditScene) -> dict[str, Any]:
    reply = scene.authority.post("/ledger/heads")
    assert reply.status_code == 201, reply.json
    return dict(reply.json)


def keys(scene: CreditScene) -> dict[str, Any]:
    return dict(scene.api.get("/.well-known/jwks.json").json)


def entry_at(scene: CreditScene, position: int) -> str:
    return str(scene.db.scalar(select(LedgerEntry.id).where(LedgerEntry.position == position)))
