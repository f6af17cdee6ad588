"""Why staff can't do something about attendance."""

from foundation.errors import Refusal


class TimeOutsideSession(Refusal):
    """Staff name a time that is still to come, or at which nobody could come or leave. facts: `why`, and the times."""

    code = "time_outside_session"


class SessionFull(Refusal):
    """Somebody who comes without a place finds none free at the session. facts: `capacity`."""

    code = "session_full"


class PersonUnknown(Refusal):
    """Nobody has the number that staff gave."""

    code = "person_unknown"


class ActTooOld(Refusal):
    """A step of staff can be undone for a quarter of an hour. facts: `made_at`, `until`."""

    code = "act_too_old"


class NotLastAct(Refusal):
    """Only the last step can be undone: others came after this one. facts: `last`, the id of the last one."""

    code = "not_last_act"


class ActBuiltUpon(Refusal):
    """Something was built on the step since, so that it can't be undone. facts: `why`, and how many `people`."""

    code = "act_built_upon"


class NotAskedFor(Refusal):
    """The project asks its learners for no check-out, evaluation or exam, or has no form or paper for it yet."""

    code = "not_asked_for"


class OwnAssignment(Refusal):
    """Nobody assigns themselves to the staff of a project."""

    code = "own_assignment"


class TaskOfProject(Refusal):
    """The task belongs to the whole project, and nobody has it at one session."""

    code = "task_of_project"
