"""Why somebody does not get onto a roster by themselves."""

from foundation.errors import Refusal


class ApplicationsClosed(Refusal):
    """Nobody can apply for the project now. facts: `why`, and `applies_until`, when it begins."""

    code = "applications_closed"


class ProjectFull(Refusal):
    """Somebody who joins on the spot finds no place. facts: `capacity`; for who waits, `why` and the `place`."""

    code = "project_full"


class ProjectNotForYou(Refusal):
    """Only people of the project's unit, and of units below, may apply for it."""

    code = "project_not_for_you"


class AlreadyOnRoster(Refusal):
    """The person is on the roster or its waiting list without an application. facts: `why`, and the `place` there."""

    code = "already_on_roster"
