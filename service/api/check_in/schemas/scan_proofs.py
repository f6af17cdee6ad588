"""Bodies of scans that a browser or a person holds."""

from datetime import datetime

from models.attendance import Direction
from service.api.projects.schemas.sessions import SessionBrief
from service.edge.answers.bodies import Out


class HeldScanOut(Out):
    """A scan that gives tickets until an instant. direction: the one that is open now; null where none is."""

    session: SessionBrief
    direction: Direction | None
    until: datetime
