"""What people are at a project, in the words of spreadsheets."""

from models.projects import RosterRole

ROLES: dict[str, str] = {RosterRole.LEARNER: "学员", RosterRole.SPEAKER: "授课教师"}
"""By the role's own word, which rosters and the ledger share."""
