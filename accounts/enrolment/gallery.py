"""All enrolled faces in memory, to find out whether a face is on another account already.

Each process that enrols has its own gallery. Before a search it reads the faces enrolled since its last search. In
memory the vectors are rotated by a secret rotation; in the database they are encrypted by each person's key.
"""

import threading
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Result, func, select
from sqlalchemy.orm import Session

from accounts.damaged_faces import open_or_none
from accounts.thresholds.policies import FacePolicies
from faces.matching.duplicates import DuplicateBand, DuplicateFinding, search
from faces.matching.index import FaceIndex
from faces.matching.measure import Descriptors, NetworkShare
from faces.matching.policy import PolicySet
from faces.matching.template import Template
from faces.matching.vault import KeyRing, WrappedKey
from models.faces import FaceDeletion, FaceKey, FaceTemplate

_BATCH = 10_000
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
    """The person who has the face already, and how certain that is."""

    person_id: uuid.UUID
    finding: DuplicateFinding

    @property
    def is_certain(self) -> bool:
        """Whether it is certain enough to refuse the face. If not, the face is held for an admin."""
        return self.finding.band is DuplicateBand.CERTAIN


class FaceGalleries:
    """A gallery for each model whose templates can be compared.

    During a change of model, a new face is searched among the templates of both models.
    """

    def __init__(self, *, ring: KeyRing, index_key: bytes, policies: FacePolicies) -> None:
        self.ring = ring
        self.policies = policies
        self._by_model = {model: FaceGallery(ring=ring, index_key=index_key, engine=model) for model in policies.models}

    @property
    def current(self) -> str:
        """The name of the current model."""
        return self.policies.current

    def __len__(self) -> int:
        """Return the number of faces read so far, of all models."""
        return sum(len(gallery) for gallery in self._by_model.values())

    def read_on(self, db: Session) -> dict[str, PolicySet]:
        """Read the changes since the last call; return the policies in force by model, the current model first.

        They are the models whose templates a new face must be compared with.
        """
        in_force = self.policies.in_force(db)
        for model, gallery in self._by_model.items():
            gallery.read_on(db, in_force[model])
        return {
            model: in_force[model] for model, gallery in self._by_model.items() if model == self.current or len(gallery)
        }

    @property
    def damaged(self) -> set[uuid.UUID]:
        """The ids of the templates that could not be opened since the start of this process."""
        return {each for gallery in self._by_model.values() for each in gallery.damaged}

    def find_duplicate(
        self,
        db: Session,
        templates: Mapping[str, Template],
        policies: Mapping[str, PolicySet],
        *,
        apart_from: Collection[uuid.UUID],
    ) -> Duplicate | None:
        """Return the person who has this face already, by the most certain finding of all models; None if nobody has.

        templates, policies: of the new face and from `read_on`, by model. apart_from: the ids of the person and of
        people whom an admin has decided to be different. Call it after `next_position`, so that nobody else can enrol
        before the transaction ends.
        """
        found = [
            duplicate
            for model, template in templates.items()
            if (duplicate := self._by_model[model].find_duplicate(db, template, policies[model], apart_from=apart_from))
        ]
        return max(found, key=lambda duplicate: duplicate.is_certain, default=None)


class FaceGallery:
    """A searchable index of the templates of one model. Safe to use from several threads.

    The index holds the embeddings of the model's own network, relative to the mean of the population. It is built again
    when another calibration is set.
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
        self.damaged: set[uuid.UUID] = set()
        """The ids of the templates that could not be opened since the start of this process."""

    def __len__(self) -> int:
        """Return the number of faces read so far."""
        return len(self._index) if self._index is not None else 0

    def read_on(self, db: Session, policies: PolicySet) -> FaceIndex:
        """Read the changes since the last call; return the index. The first 600,000 faces take some seconds."""
        with self._reading:
            index, view = self._open(policies)
            deleted_to = self._deleted_to
            if deleted_to is None:  # at the first call, earlier deletions don't matter
                deleted_to = db.scalar(select(func.max(FaceDeletion.position))) or 0
            for batch in self._newer(db).partitions(_BATCH):
                faces = self._descriptors(batch)
                if faces:
                    rows = np.stack([view.view(face[self._engine]) for face in faces.values()])
                    index.add(list(faces), rows.astype(np.float32))
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
        """Return the person who has this face already, certainly or probably; None if nobody has.

        Arguments as in `FaceGalleries.find_duplicate`.
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

        def look_up(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Descriptors]:
            return self._descriptors(db.execute(_SEALED.where(FaceTemplate.id.in_(ids))))

        return search(template, index, policies, look_up, but_not=told_apart)

    def _open(self, policies: PolicySet) -> tuple[FaceIndex, NetworkShare]:
        """Return the index and the view of faces that it uses; a new, empty index if the view has changed."""
        view = policies.best.measure.shares[0]
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

    def _descriptors(self, rows: Iterable[Any]) -> dict[uuid.UUID, Descriptors]:
        """Return the descriptors of templates by their id, without those of damaged ones."""
        opened: dict[uuid.UUID, Descriptors] = {}
        for row in rows:
            key = WrappedKey(row.master_id, row.wrapped)
            template = open_or_none(row.sealed, key, self.ring, person_id=row.person_id, template_id=row.id)
            if template is None:
                self.damaged.add(row.id)
            else:
                opened[row.id] = template.descriptors
        return opened
