"""The state of the report of a project."""

import uuid
from datetime import date, datetime

from service.edge.answers.bodies import Out
from service.edge.answers.briefs import PersonBrief, beside


class ReportOut(Out):
    """The report of a project. due_on: two weeks after its end; is_ready: the list is confirmed, so it can be taken.

    is_overdue: nobody has recorded that it was handed in, and the day is over.
    """

    due_on: date
    is_ready: bool
    is_overdue: bool
    handed_in_at: datetime | None
    handed_in_by: uuid.UUID | None
    submitter: PersonBrief | None = beside("handed_in_by")
