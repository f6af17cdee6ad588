"""Bodies of the privacy wallet: uses and deletions of my face."""

import uuid
from datetime import datetime

from attendance.own.face_uses import FaceUse, FaceUseKind
from models.attendance import Direction
from models.face_erasures import FaceErasure, FaceErasureCause, FacePart
from service.api.check_in.schemas.attempts import words_of
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.answers.bodies import Out
from service.edge.answers.briefs import without_names
from service.edge.answers.paging import ListOut


class FaceUseOut(Out):
    """One use of my face. session, direction: of a check-in, null for others. There is no photo and no number.

    result: of a check-in its status or the code of a refusal, whose title and hint say what it means; of an enrolment
    `active` or `held`; null for a template that was computed anew from kept photos. model: the recognition model that
    looked at the photos; null where a photo was refused before.
    """

    id: uuid.UUID
    at: datetime
    kind: FaceUseKind
    session: SessionBrief | None
    direction: Direction | None
    result: str | None
    title: str | None
    hint: str | None
    model: str | None

    @classmethod
    def of(cls, use: FaceUse) -> "FaceUseOut":
        """Return a use as a body, in the caller's language."""
        title, hint = words_of(use.result) if use.result is not None else (None, None)
        return cls(
            id=use.id,
            at=use.at,
            kind=use.kind,
            session=without_names(SessionBrief, use.session) if use.session is not None else None,
            direction=use.direction,
            result=use.result,
            title=title,
            hint=hint,
            model=use.model,
        )


class FaceUseList(ListOut):
    """A page of uses of my face, newest first."""

    items: list[FaceUseOut]
    next_cursor: str | None


class FaceDeletionOut(Out):
    """One deletion of my face, or of its kept photos. deleted: what was there and is gone; photos: how many of them.

    receipt: a compact JWS of it (EdDSA, `typ` cme-face-deletion+jwt), to be checked with the key of its `kid` at
    `/.well-known/jwks.json`.
    """

    id: uuid.UUID
    at: datetime
    cause: FaceErasureCause
    deleted: list[FacePart]
    photos: int
    receipt: str

    @classmethod
    def of(cls, row: FaceErasure, receipt: str) -> "FaceDeletionOut":
        """Return a deletion as a body."""
        deleted = [FacePart(part) for part in row.parts]
        return cls(id=row.id, at=row.erased_at, cause=row.cause, deleted=deleted, photos=row.photos, receipt=receipt)


class FaceDeletionList(ListOut):
    """A page of deletions of my face, newest first."""

    items: list[FaceDeletionOut]
    next_cursor: str | None
