"""Lists of settlements, and the lines of a settlement."""

import uuid
from typing import Self

from attendance.settlement.confirmed_lists import ConfirmedLine, ListedSettlement
from attendance.settlement.remarks import RemarksByPerson
from models.ledger import SourceRole
from models.settlements import SettlementStatus
from service.api.settlement.schemas.previews import RemarksOut, told
from service.api.settlement.schemas.settlements import SettlementOut
from service.edge.answers.bodies import Credits, Hours, Page, SearchText, SessionCount
from service.edge.answers.briefs import ProjectBrief
from service.edge.answers.paging import ListOut


class SettlementsAsked(Page):
    """A filter of settlements; without it, all that the caller may see. q: a part of the project's name or number."""

    status: SettlementStatus | None = None
    q: SearchText | None = None


class SettlementRecordOut(SettlementOut):
    """A settlement and its project."""

    @classmethod
    def of_record(cls, record: ListedSettlement) -> Self:
        """Show a settlement in a list."""
        project = ProjectBrief.brief(record.project, record.unit)
        shown = cls.model_validate(record.settlement)
        shown.project = project
        return shown


class SettlementRecordList(ListOut):
    """A page of settlements, the last confirmed first."""

    items: list[SettlementRecordOut]
    next_cursor: str | None


class LinesAsked(Page):
    """A filter of lines: `granted` true for people with credits, false for people without.

    q: a part of the name or 继教编号.
    """

    granted: bool | None = None
    q: SearchText | None = None


class SettlementLineOut(RemarksOut):
    """What one person gets by a settlement, as it was confirmed. reasons: why nothing, or why less.

    entry_id: of the grant in the ledger, once it is posted. attended, required: sessions.
    """

    person_id: uuid.UUID
    cme_number: str | None
    name: str
    unit: str
    role: SourceRole
    credits: Credits | None
    raw_credits: Credits | None
    hours: Hours | None
    rule_code: str | None
    generation: int
    reasons: list[str]
    attended: SessionCount
    required: int
    entry_id: uuid.UUID | None

    @classmethod
    def of(cls, written: ConfirmedLine, remarks: RemarksByPerson) -> Self:
        """Show a line."""
        line = written.line
        return cls(
            person_id=line.person_id,
            cme_number=written.cme_number,
            name=written.name,
            unit=written.unit,
            role=line.role,
            credits=line.counted,
            raw_credits=line.credits,
            hours=line.hours,
            rule_code=line.rule_code,
            generation=line.generation,
            reasons=line.reasons,
            attended=written.attended,
            required=line.required,
            entry_id=line.entry_id if line.credits is not None else None,
            **told(remarks.on(line.person_id)),
        )


class SettlementLineList(ListOut):
    """A page of the lines of a settlement, in order of persons."""

    items: list[SettlementLineOut]
    next_cursor: str | None
