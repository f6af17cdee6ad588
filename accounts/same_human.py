"""Whether two accounts are one human, so that nobody is the second person of their own decision."""

import uuid

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from models.faces import FaceCase, FaceCaseStatus
from models.people import Person

_ONE, _OTHER = aliased(Person), aliased(Person)
_PERHAPS_ONE_HUMAN = (FaceCaseStatus.OPEN, FaceCaseStatus.REJECTED)
"""A case that nobody has decided, or that was decided as one face on two accounts."""


def is_same_human(db: Session, one_id: uuid.UUID, other_id: uuid.UUID) -> bool:
    """Return whether two accounts belong to one human, as far as is known; in doubt they do.

    They do if they are one account, have the same phone or ID number, or if an open or confirmed case says that they
    have the same face. Faces are not compared for it.
    """
    if one_id == other_id:
        return True
    same_numbers = exists().where(
        _ONE.id == one_id,
        _OTHER.id == other_id,
        or_(_ONE.phone_hash == _OTHER.phone_hash, _ONE.id_number_hash == _OTHER.id_number_hash),
    )
    same_face = exists().where(
        FaceCase.status.in_(_PERHAPS_ONE_HUMAN),
        or_(
            and_(FaceCase.person_id == one_id, FaceCase.other_person_id == other_id),
            and_(FaceCase.person_id == other_id, FaceCase.other_person_id == one_id),
        ),
    )
    return bool(db.scalar(select(or_(same_numbers, same_face))))
