"""Tickets (签到凭证): a ticket is the right to check in with one's face after a scan, for two minutes and once.

A ticket is signed and has no row of its own. It is bound to a person, a session, a direction and a device. Its id is in
the refused attempts, which limits the tries, and in the check-in, which marks it as used.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.errors import TicketExpired, TicketInvalid
from attendance.sessions.geofence import Place
from attendance.sessions.signed_tokens import ClaimSigner, NotSigned, to_instant, to_number
from faces.liveness.steps import Step
from models.attendance import Direction

LIFETIME = timedelta(minutes=2)
TRIES = 5
"""So many faces that were compared and refused use up a ticket."""
MOST_REFUSALS = 15
"""So many refusals of any kind do too: of photos that cost no try, as of a covered or blurred face."""


@dataclass(frozen=True)
class Ticket:
    """The content of a ticket. scanned_at: the time of the scan, which is earlier than the ticket after a sign-in.

    steps: of its challenge, in order; empty where the session asks for none.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    session_id: uuid.UUID
    direction: Direction
    device_id: str | None
    place: Place | None
    scanned_at: datetime
    expires_at: datetime
    steps: tuple[Step, ...] = ()

    def is_for(self, person_id: uuid.UUID, device_id: str | None) -> bool:
        """Return whether the ticket belongs to this person and to this device. device_id: None is not compared."""
        return self.person_id == person_id and device_id in (None, self.device_id)


class Tickets:
    """Signs tickets and verifies them. key: the venue key, 32 bytes.

    late_limit: how long after a session's window photos that were taken in time are accepted for review.
    """

    def __init__(self, key: bytes, *, late_limit: timedelta = timedelta(hours=1)) -> None:
        self.late_limit = late_limit
        self._signer = ClaimSigner(key, "check-in-ticket")

    def sign(self, ticket: Ticket) -> str:
        """Return the ticket as a signed token."""
        return self._signer.sign(
            {
                "jti": str(ticket.id),
                "sub": str(ticket.person_id),
                "session": str(ticket.session_id),
                "direction": ticket.direction.value,
                "device": ticket.device_id,
                "place": ticket.place.value if ticket.place else None,
                "scanned": to_number(ticket.scanned_at),
                "exp": to_number(ticket.expires_at),
                "steps": [step.value for step in ticket.steps],
            }
        )

    def open(self, text: str) -> Ticket:
        """Return the ticket in a token, also an expired one. Raises TicketInvalid if we did not sign it."""
        try:
            claims = self._signer.open(text)
            return Ticket(
                id=uuid.UUID(claims["jti"]),
                person_id=uuid.UUID(claims["sub"]),
                session_id=uuid.UUID(claims["session"]),
                direction=Direction(claims["direction"]),
                device_id=claims["device"],
                place=Place(claims["place"]) if claims["place"] else None,
                scanned_at=to_instant(claims["scanned"]),
                expires_at=to_instant(claims["exp"]),
                steps=tuple(Step(each) for each in claims.get("steps", ())),  # a ticket of the version before has none
            )
        except (NotSigned, KeyError, ValueError):
            raise TicketInvalid(field="ticket") from None


def expired(ticket: Ticket, now: datetime) -> TicketExpired:
    """Return that the two minutes of a ticket are over, or else that its tries are used up."""
    if now >= ticket.expires_at:
        return TicketExpired(field="ticket", facts={"why": "time_over", "expired_at": ticket.expires_at.isoformat()})
    return TicketExpired(field="ticket", facts={"why": "used_up", "tries": TRIES, "tries_left": 0})
