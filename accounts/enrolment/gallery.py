"""All enrolled faces, in memory, for one question: is this face on another account already?

Each process that enrols keeps a book of its own and reads on from where it stopped before each search. Vectors lie
under a secret rotation there; in the database they are sealed with each person's key, and nowhere else.
"""

import threading
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Result, func, select
from sqlalchemy.orm import Session

from accounts.thresholds.policies import FacePolicies
from faces.matching.duplicates import DuplicateBand, DuplicateFinding, search
from faces.matching.index import FaceIndex
from faces.matching.measure import Descriptors, NetworkShare
from faces.matching.policy_set import PolicySet
from faces.matching.template import Template
from faces.matching.vault import KeyRing, WrappedKey, open_sealed
from models.faces import FaceDeletion, FaceKey, FaceTemplate

_BATCH = 10_000
_CERTAINTY = {DuplicateBand.NONE: 0, DuplicateBand.HELD: 1, DuplicateBand.CERTAIN: 2}
_SEALED = select(
    FaceTemplate.position,
    FaceTemplate.id,
    FaceTemplate.person_id,
    FaceTemplate.sealed,
    FaceKey.master_id,
    FaceKey.wrapped,
).join(FaceKey, FaceKey.person_id == FaceTemplate.person_id)


@dataclass(frozen=True)
class Duplicate:
    """Whose face it is already, and how sure that is."""

    person_id: uuid.UUID
    finding: DuplicateFinding

    @property
    def is_certain(self) -> bool:
        """Sure enough to refuse; else it is held for an admin."""
        return self.finding.band is DuplicateBand.CERTAIN


class FaceGalleries:
    """A book for each model whose templates are understood.

    While people move from one model to the next, a newcomer is looked for among the templates of both.
    """

    def __init__(self, *, ring: KeyRing, index_key: bytes, policies: FacePolicies) -> None:
        self.ring = ring
        self.policies = policies
        self._books = {model: FaceGallery(ring=ring, index_key=index_key, engine=model) for model in policies.models}

    @property
    def current(self) -> str:
        """The model in use."""
        return self.policies.current

    def __len__(self) -> int:
        """Return how many faces were read so far, of all models."""
        return sum(len(book) for book in self._books.values())

    def read_on(self, db: Session) -> dict[str, PolicySet]:
        """Take in what is new, and give the models whose templates a newcomer must be compared with, current first,
        with the policies in force.
        """
        in_force = self.policies.in_force(db)
        for model, book in self._books.items():
            book.read_on(db, in_force[model])
        return {model: in_force[model] for model, book in self._books.items() if model == self.current or len(book)}

    def find_duplicate(
        self,
        db: Session,
        templates: Mapping[str, Template],
        policies: Mapping[str, PolicySet],
        *,
        apart_from: Collection[uuid.UUID],
    ) -> Duplicate | None:
        """Whoever has this face already, the most certain finding of all models; None if nobody.

        templates: one of the newcomer for each model that `read_on` named, with the policies that it gave. apart_from:
        people whom an admin has told apart from them, and themselves. Call it where nobody else can enrol before the
        transaction ends.
        """
        found = [
            duplicate
            for model, template in templates.items()
            if (duplicate := self._books[model].find_duplicate(db, template, policies[model], apart_from=apart_from))
        ]
        return max(found, key=lambda duplicate: duplicate.is_certain, default=None)


class FaceGallery:
    """The templates that one model made, searchable. Safe to use from several threads.

    The index holds each face as the model's own network sees it from the middle of the population; when another
    calibration is set, it is made anew.
    """

    def __init__(self, *, ring: KeyRing, index_key: bytes, engine: str) -> None:
        self.ring = ring
        self._engine = engine
        self._index_key = index_key
        self._view: NetworkShare | None = None
        self._index: FaceIndex | None = None  # most processes of a small installation never enrol anybody
        self._read_to = 0
        self._deleted_to: int | None = None
        self._reading = threading.Lock()

    def __len__(self) -> int:
        """Return how many faces were read so far."""
        return len(self._index) if self._index is not None else 0

    def read_on(self, db: Session, policies: PolicySet) -> FaceIndex:
        """Take in what was enrolled and deleted since the last time (seconds for the first 600,000, nothing later)."""
        with self._reading:
            index, view = self._open(policies)
            deleted_to = self._deleted_to
            if deleted_to is None:  # what was deleted before the first reading is not there to be read
                deleted_to = db.scalar(select(func.max(FaceDeletion.position))) or 0
            for batch in self._newer(db).partitions(_BATCH):
                rows = np.stack([view.view(self._descriptors(row)[self._engine]) for row in batch])
                index.add([row.id for row in batch], rows.astype(np.float32))
                self._read_to = batch[-1].position
            gone = select(FaceDeletion).where(FaceDeletion.position > deleted_to).order_by(FaceDeletion.position)
            for deletion in db.scalars(gone):
                index.remove(deletion.template_id)
                deleted_to = deletion.position
            self._deleted_to = deleted_to
            return index

    def find_duplicate(
        self, db: Session, template: Template, policies: PolicySet, *, apart_from: Collection[uuid.UUID]
    ) -> Duplicate | None:
        """Whoever has this face already, certainly or likely; None if nobody.

        Arguments as in `FaceBooks.find_duplicate`.
        """
        index = self.read_on(db, policies)
        told_apart = set(db.scalars(select(FaceTemplate.id).where(FaceTemplate.person_id.in_(apart_from))))
        while True:
            finding = self._search(db, template, index, policies, told_apart)
            if finding.band is DuplicateBand.NONE or finding.match is None:
                return None
            owner = db.scalar(select(FaceTemplate.person_id).where(FaceTemplate.id == finding.match))
            if owner is not None:
                return Duplicate(owner, finding)
            index.remove(finding.match)  # deleted since it was read

    def _search(
        self, db: Session, template: Template, index: FaceIndex, policies: PolicySet, told_apart: Collection[uuid.UUID]
    ) -> DuplicateFinding:
        """Search by the best policy for what the template has, and, for those who have less, by that of less."""

        def look_up(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Descriptors]:
            return {row.id: self._descriptors(row) for row in db.execute(_SEALED.where(FaceTemplate.id.in_(ids)))}

        wanted = [each for each in policies.policies if set(each.measure.models) <= set(template.descriptors)]
        found = [search(template, index, policy, look_up, but_not=told_apart) for policy in wanted]
        return max(found, key=lambda finding: _CERTAINTY[finding.band])  # of two as sure, that of more networks

    def _open(self, policies: PolicySet) -> tuple[FaceIndex, NetworkShare]:
        """Return the index for the policies in force; an empty one where they see faces in another way than the last
        ones.
        """
        view = policies.best.measure.parts[0]
        if self._index is None or self._view is not view:
            self._index, self._view = FaceIndex(self._index_key, view.metric), view
            self._read_to, self._deleted_to = 0, None
        return self._index, view

    def _newer(self, db: Session) -> Result[Any]:
        return db.execute(
            _SEALED.where(FaceTemplate.engine == self._engine, FaceTemplate.position > self._read_to)
            .order_by(FaceTemplate.position)
            .execution_options(yield_per=_BATCH)
        )

    def _descriptors(self, row: Any) -> Descriptors:
        key = WrappedKey(row.master_id, row.wrapped)
        return open_sealed(row.sealed, key, self.ring, row.person_id.bytes).descriptors
