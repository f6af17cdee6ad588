"""One's sessions for a calendar program."""

from service.edge.bodies import Out


class CalendarOut(Out):
    """The address to give to a calendar program; it is told once, and who knows it sees the sessions."""

    url: str
