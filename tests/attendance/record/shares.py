"""The shares that a settlement would go by now."""

import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from attendance.record.shares import Share
from attendance.settlement.lists import Judge, read_lines
from models.ledger import SourceRole
from models.projects import Project


def shares(db: Session, project: Project) -> dict[uuid.UUID, Share]:
    """Each learner of the roster with their share."""
    lines = read_lines(db, Judge(db, project, datetime.now(UTC)), project)
    return {line.person_id: line.share for line in lines if line.verdict.role is SourceRole.LEARNER}
