"""Bodies of previews: what a change of a session would do."""

import uuid
from datetime import datetime

from service.api.projects.schemas.sessions import WindowsOut
from service.edge.answers.bodies import Out


class AtTheSameTimeOut(Out):
    """A session that would be at the same time. is_same_track: nobody could attend both as planned."""

    id: uuid.UUID
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    is_same_track: bool


class ChangePreviewOut(Out):
    """What a change of a session would do. title to windows: as they would be.

    sessions: how many would change, with those of the series that follow; 0 if nothing would. told: how many people
    get a notice. needs_reason: people have checked in already, so the change asks for a reason. check_ins, corrections:
    those of sessions that move to another day, for which `earlier_check_ins` then says whether they are kept.
    """

    title: str
    venue: str
    zone: str
    starts_at: datetime
    ends_at: datetime
    windows: WindowsOut
    sessions: int
    told: int
    needs_reason: bool
    is_another_day: bool
    check_ins: int
    corrections: int
    at_the_same_time: list[AtTheSameTimeOut]
