"""What a caller may do at a session, so that a client offers nothing that is then refused."""

import enum
import uuid

from sqlalchemy.orm import Session

from attendance.projects.access import DOOR, reach_session
from foundation.callers import Caller
from foundation.errors import Forbidden


class SessionAct(enum.StrEnum):
    """What somebody may do at a session.

    `run_door`: see the board, check people in by hand, decide on refused and doubtful check-ins. `plan`: extend, move,
    close and cancel it.
    """

    RUN_DOOR = "run_door"
    PLAN = "plan"


def list_acts(db: Session, *, session_id: uuid.UUID, caller: Caller) -> list[SessionAct]:
    """Return what the caller may do: all as an organizer, the door by a task, nothing for others. Raises NotFound."""
    try:
        _, assignment = reach_session(db, session_id=session_id, caller=caller, tasks=DOOR)
    except Forbidden:
        return []
    return [SessionAct.RUN_DOOR] if assignment is not None else list(SessionAct)
