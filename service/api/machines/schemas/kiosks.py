"""Bodies of kiosks and personal codes."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from attendance.attempts.observations import counted_status
from attendance.machines.kiosk_desk import KioskCheckIn, ScannedCode
from attendance.machines.kiosks import NewKiosk
from attendance.machines.personal_codes import PersonalCode
from models.attendance import CheckInStatus, Direction
from service.api.projects.schemas.sessions import SaneInstant, SessionBrief
from service.edge.answers.bodies import Body, Out
from service.edge.answers.briefs import PersonBrief, beside
from service.edge.answers.paging import ListOut


class KioskNew(Body):
    """A kiosk to make. is_attended: whether staff stand beside it; without them its check-ins wait for review."""

    is_attended: bool = True


class NewKioskOut(Out):
    """A kiosk that waits for its device. pairing_code: to type on the device, once, until `expires_at`."""

    id: uuid.UUID
    pairing_code: str
    expires_at: datetime

    @classmethod
    def of(cls, new: NewKiosk) -> "NewKioskOut":
        """Return a new kiosk as a body."""
        return cls(id=new.kiosk.id, pairing_code=new.pairing_code, expires_at=new.kiosk.pairing_until)


class PairingIn(Body):
    """The code that staff typed, and a name for the device, such as that of the door."""

    pairing_code: Annotated[str, Field(min_length=1, max_length=40)]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class PairedKioskOut(Out):
    """A paired kiosk. token: its credential, told only here; it checks people in to this session and opens no more."""

    id: uuid.UUID
    token: str
    session: SessionBrief


class KioskOut(Out):
    """A kiosk of a session. name, paired_at: null until a device is paired; revoked_at: null while it works."""

    id: uuid.UUID
    name: str | None
    is_attended: bool
    made_by: uuid.UUID
    maker: PersonBrief = beside("made_by")
    made_at: datetime
    paired_at: datetime | None
    revoked_at: datetime | None


class KioskList(ListOut):
    """A page of kiosks, oldest first."""

    items: list[KioskOut]
    next_cursor: str | None


class KioskScanIn(Body):
    """A personal code that a kiosk read. nonce: of this scan; sent again with the same one, it is the same check-in.

    direction: left out, the session's windows decide. scanned_at: when a kiosk without network read it, at most 24
    hours ago and while the code was shown.
    """

    code: Annotated[str, Field(max_length=500)]
    nonce: Annotated[str, Field(min_length=8, max_length=64)]
    direction: Direction | None = None
    scanned_at: SaneInstant | None = None

    def scanned(self) -> ScannedCode:
        """Return what was read."""
        return ScannedCode(self.code, self.nonce, self.direction, self.scanned_at)


class KioskCheckInOut(Out):
    """The check-in of a scan, for the kiosk's screen: the name, and how it stands. receipt: a compact JWS."""

    status: CheckInStatus
    direction: Direction
    name: str
    checked_in_at: datetime
    receipt: str

    @classmethod
    def of(cls, done: KioskCheckIn) -> "KioskCheckInOut":
        """Return a check-in as a body."""
        row = done.check_in
        return cls(
            status=counted_status(row),
            direction=row.direction,
            name=done.name,
            checked_in_at=row.checked_in_at,
            receipt=row.receipt,
        )


class PersonalCodeOut(Out):
    """One of my codes, 58 characters of base32 (RFC 4648, no padding), and when to show it."""

    code: str
    valid_from: datetime
    valid_until: datetime

    @classmethod
    def of(cls, code: PersonalCode) -> "PersonalCodeOut":
        """Return a code as a body."""
        return cls(code=code.text, valid_from=code.valid_from, valid_until=code.valid_until)


class PersonalCodesOut(Out):
    """My present code and the next one. now: the server's time, by which they change."""

    codes: list[PersonalCodeOut]
    now: datetime
