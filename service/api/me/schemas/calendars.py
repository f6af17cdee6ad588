"""The body of a calendar address."""

from service.edge.answers.bodies import Out


class CalendarOut(Out):
    """The address for a calendar program. It is shown once, and everybody who knows it can read the sessions."""

    url: str
