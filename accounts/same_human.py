"""Whether two accounts are one human, so that nobody is the second person of their own decision."""

import uuid

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models.faces import FaceCase, FaceCaseStatus
from models.people import Person

_ONE, _OTHER, _CASE = aliased(Person), aliased(Person), aliased(FaceCase)
_PERHAPS_ONE_HUMAN = (FaceCaseStatus.OPEN, FaceCaseStatus.REJECTED)
"""A case that nobody has decided, or that was decided as one face on two accounts."""


def is_same_human(db: Session, one_id: uuid.UUID, other_id: uuid.UUID) -> bool:
    """Return whether two accounts belong to one human, as far as is known; in doubt they do.

    They do if they are one account, have the same phone or ID number, or if an open or confirmed case says that they
    have the same face. Faces are not compared for it.
    """
    return one_id == other_id or bool(db.scalar(select(_same_human(one_id, other_id))))


def same_human(
    one_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID], other_id: uuid.UUID
) -> ColumnElement[bool]:
    """Return the SQL condition for `is_same_human`."""
    return or_(one_id == other_id, _same_human(one_id, other_id))


def _same_human(
    one_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID] | uuid.UUID, other_id: uuid.UUID
) -> ColumnElement[bool]:
    same_numbers = exists().where(
        _ONE.id == one_id,
        _OTHER.id == other_id,
        or_(_ONE.phone_hash == _OTHER.phone_hash, _ONE.id_number_hash == _OTHER.id_number_hash),
    )
    same_face = exists().where(
        _CASE.status.in_(_PERHAPS_ONE_HUMAN),
        or_(
            and_(_CASE.person_id == one_id, _CASE.other_person_id == other_id),
            and_(_CASE.person_id == other_id, _CASE.other_person_id == one_id),
        ),
    )
    return or_(same_numbers, same_face)
