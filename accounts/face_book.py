"""All enrolled faces, in memory, for one question: is this face on another account already?

Each process that enrols keeps a book of its own and reads on from where it stopped before each search. Vectors lie
under a secret rotation there; in the database they are sealed with each person's key, and nowhere else.
"""

import threading
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Result, Row, func, select
from sqlalchemy.orm import Session

from faces.duplicates import DuplicateBand, DuplicateFinding, search
from faces.engine import Embedding
from faces.index import FaceIndex
from faces.policy import Policy
from faces.template import Template
from faces.vault import KeyRing, WrappedKey, open_sealed
from models.faces import FaceDeletion, FaceKey, FaceTemplate

_BATCH = 10_000


@dataclass(frozen=True)
class Duplicate:
    """Whose face it is already, and how sure that is."""

    person_id: uuid.UUID
    finding: DuplicateFinding

    @property
    def is_certain(self) -> bool:
        """Sure enough to refuse; else it is held for an admin."""
        return self.finding.band is DuplicateBand.CERTAIN


class FaceBooks:
    """A book for each model whose templates are understood; the first policy's model is the one in use.

    While people move from one model to the next, a newcomer is looked for among the templates of both.
    """

    def __init__(self, *, ring: KeyRing, index_key: bytes, policies: Mapping[str, Policy]) -> None:
        self.ring = ring
        self.policies = policies
        self.current = next(iter(policies))
        self._books = {
            model: FaceBook(ring=ring, index_key=index_key, policy=policy) for model, policy in policies.items()
        }

    def __len__(self) -> int:
        """How many faces were read so far, of all models."""
        return sum(len(book) for book in self._books.values())

    def read_on(self, db: Session) -> list[str]:
        """Take in what is new, and give the models whose templates a newcomer must be compared with, current first."""
        for book in self._books.values():
            book.read_on(db)
        return [model for model, book in self._books.items() if model == self.current or len(book)]

    def find_duplicate(
        self, db: Session, templates: Mapping[str, Template], *, apart_from: Collection[uuid.UUID]
    ) -> Duplicate | None:
        """Whoever has this face already, the most certain finding of all models; None if nobody.

        templates: one of the newcomer for each model that `read_on` named. apart_from: people whom an admin has told
        apart from them, and themselves. Call it where nobody else can enrol before the transaction ends.
        """
        found = [
            duplicate
            for model, template in templates.items()
            if (duplicate := self._books[model].find_duplicate(db, template, apart_from=apart_from))
        ]
        return max(found, key=lambda duplicate: duplicate.is_certain, default=None)


class FaceBook:
    """The templates that one model made, searchable. Safe to use from several threads."""

    def __init__(self, *, ring: KeyRing, index_key: bytes, policy: Policy) -> None:
        self.ring = ring
        self.policy = policy
        self._index_key = index_key
        self._read_to = 0
        self._deleted_to: int | None = None
        self._reading = threading.Lock()

    @cached_property
    def _index(self) -> FaceIndex:
        """Made when it is first wanted: most processes of a small installation never enrol anybody."""
        return FaceIndex(self._index_key, self.policy.metric)

    def __len__(self) -> int:
        """How many faces were read so far."""
        return len(self._index)

    def read_on(self, db: Session) -> None:
        """Take in what was enrolled and deleted since the last time (seconds for the first 600,000, nothing later)."""
        with self._reading:
            deleted_to = self._deleted_to
            if deleted_to is None:  # what was deleted before the first reading is not there to be read
                deleted_to = db.scalar(select(func.max(FaceDeletion.position))) or 0
            for batch in self._newer(db).partitions(_BATCH):
                self._index.add([row.id for row in batch], np.stack([self._embedding(row) for row in batch]))
                self._read_to = batch[-1].position
            gone = select(FaceDeletion).where(FaceDeletion.position > deleted_to).order_by(FaceDeletion.position)
            for deletion in db.scalars(gone):
                self._index.remove(deletion.template_id)
                deleted_to = deletion.position
            self._deleted_to = deleted_to

    def find_duplicate(self, db: Session, template: Template, *, apart_from: Collection[uuid.UUID]) -> Duplicate | None:
        """Whoever has this face already, certainly or likely; None if nobody.

        Arguments as in `FaceBooks.find_duplicate`.
        """
        self.read_on(db)
        told_apart = set(db.scalars(select(FaceTemplate.id).where(FaceTemplate.person_id.in_(apart_from))))
        while True:
            finding = search(template, self._index, self.policy, but_not=told_apart)
            if finding.band is DuplicateBand.NONE or finding.match is None:
                return None
            owner = db.scalar(select(FaceTemplate.person_id).where(FaceTemplate.id == finding.match))
            if owner is not None:
                return Duplicate(owner, finding)
            self._index.remove(finding.match)  # deleted since it was read

    def _newer(self, db: Session) -> Result[Any]:
        return db.execute(
            select(
                FaceTemplate.position,
                FaceTemplate.id,
                FaceTemplate.person_id,
                FaceTemplate.sealed,
                FaceKey.master_id,
                FaceKey.wrapped,
            )
            .join(FaceKey, FaceKey.person_id == FaceTemplate.person_id)
            .where(FaceTemplate.engine == self.policy.engine, FaceTemplate.position > self._read_to)
            .order_by(FaceTemplate.position)
            .execution_options(yield_per=_BATCH)
        )

    def _embedding(self, row: Row[Any]) -> Embedding:
        key = WrappedKey(row.master_id, row.wrapped)
        return open_sealed(row.sealed, key, self.ring, row.person_id.bytes).embedding
