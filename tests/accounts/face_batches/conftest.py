"""A unit with an admin who sends zips of photos, and people who have given their consents ahead."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Person, Role, Unit
from tests.api import Api, Reply
from tests.factories import Factories
from tests.fakes import FakeClock
from tests.kept_worlds import KeptWorlds

BOTH = {"consent_version": "test-1", "face_recognition": True, "face_network": True}


def zipped(photos: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of photos by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, photo in photos.items():
            archive.writestr(name, photo)
    return out.getvalue()


def count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


@dataclass
class Ward:
    """A unit with its admin, and its people by name."""

    api: Api
    make: Factories
    db: Session
    clock: FakeClock
    unit: Unit
    boss: Person
    admin: Api
    run_jobs: Callable[[], None]
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str, *, consents: bool = True, **facts: Any) -> Person:
        """Somebody of the unit, by default with both consents."""
        made = self.people[name] = self.make.person(unit=facts.pop("unit", self.unit), **facts)
        if consents:
            assert self.api.as_(made).post("/me/face-consent", BOTH).status_code == 200
        return made

    def number(self, name: str) -> str:
        return str(self.people[name].cme_number)

    def send(self, photos: Mapping[str, bytes] | bytes, **more: Any) -> Reply:
        """Send a zip; the names may begin with the name of somebody in braces."""
        if not isinstance(photos, bytes):
            numbers = {name: self.number(name) for name in self.people}
            photos = zipped({name.format(**numbers): photo for name, photo in photos.items()})
        return self.upload(photos, **more)

    def upload(self, data: bytes, by: Api | None = None, **more: Any) -> Reply:
        form = {"file": (io.BytesIO(data), "faces.zip")}
        return (by or self.admin).call("POST", "/face-batches", data=form, content_type="multipart/form-data", **more)

    def sent(self, photos: Mapping[str, bytes] | bytes) -> str:
        reply = self.send(photos)
        assert reply.status_code == 202, reply.json
        return str(reply.json["id"])

    def rows(self, batch: str, query: str = "") -> list[dict[str, Any]]:
        return list(self.admin.get(f"/face-batches/{batch}/rows{query}").json["items"])

    def told(self, batch: str) -> dict[str, tuple[str | None, str | None]]:
        """The result and code of each row, by number or the name of the file."""
        return {row["cme_number"] or row["file_name"]: (row["result"], row["code"]) for row in self.rows(batch)}

    def shown(self, batch: str) -> dict[str, Any]:
        return dict(self.admin.get(f"/face-batches/{batch}").json)

    def face_of(self, name: str) -> dict[str, Any]:
        return dict(self.api.as_(self.people[name]).get("/me/face").json)


@pytest.fixture
def ward(kept: KeptWorlds, run_jobs: Callable[[], None]) -> Ward:
    api, make = kept.api, kept.make
    unit, boss, admin = kept.open("ward of batches", lambda: make_ward(api, make))
    return Ward(api, make, kept.db, kept.clock, unit, boss, admin, run_jobs)


def make_ward(api: Api, make: Factories) -> tuple[Unit, Person, Api]:
    """A unit and its admin, with their client."""
    make.face_law()
    unit = make.unit(name="第一医院")
    boss = make.staff(Role.UNIT_ADMIN, unit)
    return unit, boss, api.as_(boss)
