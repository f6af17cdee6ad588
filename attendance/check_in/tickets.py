"""Tickets (签到凭证): a scan exchanged for the right to show one's face, for two minutes and once.

A ticket is signed and has no row of its own. It is bound to a person, a session, a direction and a device; refused
tries are counted by the attempts that name it, its use by the check-in that does.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from attendance.errors import TicketInvalid
from attendance.sessions.geofence import Place
from attendance.sessions.signed_tokens import ClaimSigner, NotSigned, to_instant, to_number
from models.attendance import Direction

LIFETIME = timedelta(minutes=2)
TRIES = 5


@dataclass(frozen=True)
class Ticket:
    """What a ticket says. scanned_at: when the code was scanned, a little before the ticket if it took a sign-in."""

    id: uuid.UUID
    person_id: uuid.UUID
    session_id: uuid.UUID
    direction: Direction
    device_id: str | None
    place: Place | None
    scanned_at: datetime
    expires_at: datetime

    def is_for(self, person_id: uuid.UUID, device_id: str | None) -> bool:
        """Return whether it belongs to this person and, where the device says which it is, to this device."""
        return self.person_id == person_id and device_id in (None, self.device_id)


class Tickets:
    """Signs tickets and opens them. key: the 32-byte venue key."""

    def __init__(self, key: bytes) -> None:
        self._signer = ClaimSigner(key, "check-in-ticket")

    def sign(self, ticket: Ticket) -> str:
        """Return the ticket as a token that can't be changed."""
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
            }
        )

    def open(self, text: str) -> Ticket:
        """Return the ticket in a token, expired or not. Raises TicketInvalid if it isn't one of ours."""
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
            )
        except (NotSigned, KeyError, ValueError):
            raise TicketInvalid(field="ticket") from None
