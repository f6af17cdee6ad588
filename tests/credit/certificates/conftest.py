"""A learner with an approved credit, and who may revoke its certificate."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.ledger import posting
from credit.ledger.posting import NewEntry
from models.certificates import Certificate
from models.ledger import LedgerEntry
from models.people import Person, Role, Unit
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock


@dataclass
class Certified:
    """Who is there. me: the learner, signed in; authority: of the province."""

    api: Api
    db: Session
    clock: FakeClock
    make: Factories
    new: Callable[..., NewEntry]
    person: Person
    me: Api
    authority: Api

    def grant(self, **facts: Any) -> LedgerEntry:
        """An approved credit of the learner, unless said otherwise."""
        row = posting.post(self.db, entry=self.new(**({"person_id": self.person.id} | facts)))
        self.db.commit()
        return row

    def take_back(self, grant: LedgerEntry) -> None:
        posting.reverse(self.db, grants=[grant], reason="考勤有误", now=self.clock.now(), actor_id=None)
        self.db.commit()

    def ask(self, *grants: LedgerEntry | uuid.UUID) -> Reply:
        """Ask for the certificates of these credits."""
        ids = [str(each if isinstance(each, uuid.UUID) else each.id) for each in grants]
        return self.me.post("/me/certificates", {"entry_ids": ids})

    def issue(self, **facts: Any) -> dict[str, Any]:
        """A certificate of a new credit, as the answer shows it."""
        reply = self.ask(self.grant(**facts))
        assert reply.status_code == 201, reply.json
        return reply.json["items"][0]

    def verify(self, certificate: dict[str, Any], accept: str = "application/json") -> Reply:
        """What anybody reads behind the QR code."""
        return self.api.get(path_of(certificate), headers={"Accept": accept})

    def revoke(self, certificate: dict[str, Any], reason: str = "材料有误") -> Reply:
        return self.authority.post(f"/certificates/{certificate['number']}/revocation", {"reason": reason})

    def rows(self) -> list[Certificate]:
        self.db.expire_all()
        return list(self.db.scalars(select(Certificate).order_by(Certificate.sequence)))


def path_of(certificate: dict[str, Any]) -> str:
    return "/v/" + certificate["verify_url"].rpartition("/")[2]


@pytest.fixture
def certified(
    api: Api, db: Session, clock: FakeClock, make: Factories, new: Callable[..., NewEntry], person: Person
) -> Certified:
    """The learner and the authority."""
    authority = make.staff(Role.AUTHORITY, make.province)
    return Certified(api, db, clock, make, new, person, api.as_(person), api.as_(authority))


@pytest.fixture
def unit_admin(certified: Certified) -> Person:
    """An admin of the learner's unit."""
    unit = certified.db.get_one(Unit, certified.person.unit_id)
    return certified.make.staff(Role.UNIT_ADMIN, unit)
