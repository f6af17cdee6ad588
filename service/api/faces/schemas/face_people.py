"""Bodies of people whose faces an admin looks after."""

import uuid
from datetime import datetime

from accounts.face_people import FaceAct
from models.faces import TemplateStatus
from service.edge.answers.bodies import Out, Page, SearchText
from service.edge.answers.briefs import UnitBrief, beside
from service.edge.answers.paging import CountedList


class FacePeopleAsked(Page):
    """Whom to find. q: a part of the name or of the number, or the beginning of the name in pinyin."""

    q: SearchText | None = None


class FacePersonOut(Out):
    """A person and their face. face: `active`, `held`, or null if none is stored.

    case, reset: the open face case and the open request for a reset. acts: what I may do about the face now.
    """

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit_id: uuid.UUID
    unit: UnitBrief = beside("unit_id")
    face: TemplateStatus | None
    enrolled_at: datetime | None
    case: uuid.UUID | None
    reset: uuid.UUID | None
    acts: list[FaceAct]


class FacePeopleList(CountedList):
    """A page of people, by name."""

    items: list[FacePersonOut]
    next_cursor: str | None
