"""Fields of projects that several areas show."""

from datetime import datetime

from service.edge.answers.bodies import Out


class CutOffOut(Out):
    """The organizer confirmed the credits without waiting for people who could still evaluate or sit the exam."""

    reason: str
    at: datetime
