"""Bodies of exemptions: absences that lower a year's standard."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.api.credit.schemas.my_credits import Year
from service.edge.answers.bodies import Body, Out, Reason
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut


class ExemptionNew(Body):
    """An absence to record. kind: a code of the year's rule set, as SICK or MAT."""

    year: Year
    kind: Annotated[str, Field(min_length=1, max_length=20)]
    months: Annotated[int, Field(ge=1, le=12)]
    reason: Reason


class ExemptionRevocation(Body):
    """The reason to revoke an exemption."""

    reason: Reason


class ExemptionOut(Out):
    """A recorded absence. recorded_by, revoked_by: who did it."""

    id: uuid.UUID
    person_id: uuid.UUID
    person: PersonBrief = beside("person_id")
    year: int
    kind: str
    months: int
    reason: str
    recorded_by: uuid.UUID
    recorder: PersonBrief = beside("recorded_by")
    recorded_at: datetime
    revoked_by: uuid.UUID | None
    revoker: PersonBrief | None = beside("revoked_by")
    revoked_at: datetime | None


class ExemptionList(ListOut):
    """A page of exemptions, newest first."""

    items: list[ExemptionOut]
    next_cursor: str | None
