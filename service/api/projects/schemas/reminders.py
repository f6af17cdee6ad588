"""Bodies of learners who have not done something, and of reminders to them."""

import uuid
from datetime import datetime

from attendance.own.own_projects import OwedKind
from attendance.reminders.missing_learners import WhyNotReminded
from attendance.reminders.reminding import SentReminders
from service.edge.answers.bodies import Body, Out, Page, SearchText
from service.edge.answers.paging import CountedList


class MissingPage(Page):
    """Who is looked for. what: what they have not done; q: a part of the name or 继教编号."""

    what: OwedKind
    q: SearchText | None = None


class MissedSessionOut(Out):
    """A session that a learner has not checked out of. until: when they can no longer do it, null if that is over."""

    id: uuid.UUID
    title: str
    starts_at: datetime
    until: datetime | None
    reminded_at: datetime | None


class MissingLearnerOut(Out):
    """A learner who has not done it. unit: its name; sessions: those without a check-out, empty for the others.

    until: when they can no longer do it; why_not: why they can't do it now, null if they can. reminded_at: when they
    were last reminded of it.
    """

    person_id: uuid.UUID
    name: str
    cme_number: str | None
    unit: str
    sessions: list[MissedSessionOut]
    until: datetime | None
    why_not: WhyNotReminded | None
    reminded_at: datetime | None


class MissingLearnerList(CountedList):
    """A page of learners who have not done it, by name."""

    items: list[MissingLearnerOut]
    next_cursor: str | None


class RemindersNew(Body):
    """What learners are reminded of."""

    what: OwedKind


class LeftOut(Out):
    """How many learners were not reminded, though they have not done it, and why."""

    why: WhyNotReminded
    count: int


class RemindersOut(Out):
    """How many learners were reminded, and how many were not."""

    what: OwedKind
    told: int
    not_told: list[LeftOut]

    @classmethod
    def of(cls, done: SentReminders) -> "RemindersOut":
        """Return what came of reminders as a body."""
        not_told = [LeftOut(why=why, count=count) for why, count in sorted(done.left_out.items())]
        return cls(what=done.what, told=done.told, not_told=not_told)
