"""Tickets and proofs of a scan: forged, expired, of another purpose."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from attendance.attempts.tickets import Ticket, Tickets
from attendance.check_in.scan_proofs import ScanProofs, is_fresh, scan_now
from attendance.errors import QrInvalid, TicketInvalid
from attendance.sessions.geofence import Place
from attendance.sessions.signed_tokens import ClaimSigner, derive
from models.attendance import Direction
from models.base import new_id

KEY = b"v" * 32
NOW = datetime(2026, 11, 24, 8, 0, 0, 250_000, tzinfo=UTC)
TICKET = Ticket(
    id=new_id(),
    person_id=new_id(),
    session_id=new_id(),
    direction=Direction.IN,
    device_id="phone-1",
    place=Place.INSIDE,
    scanned_at=NOW,
    expires_at=NOW + timedelta(seconds=120),
)


def unsigned(token: str) -> str:
    """The same claims with `alg: none`."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "cme-check-in-ticket+jwt"}).encode())
    return f"{header.rstrip(b'=').decode()}.{token.split('.')[1]}."


def test_a_ticket_says_what_was_signed(machine_zone: str) -> None:
    assert Tickets(KEY).open(Tickets(KEY).sign(TICKET)) == TICKET
    bare = replace(TICKET, device_id=None, place=None, direction=Direction.OUT)
    assert Tickets(KEY).open(Tickets(KEY).sign(bare)) == bare


def test_a_ticket_is_opened_however_old_for_its_age_is_judged_by_the_services_own_clock() -> None:
    old = replace(TICKET, scanned_at=NOW - timedelta(days=400), expires_at=NOW - timedelta(days=399))
    assert Tickets(KEY).open(Tickets(KEY).sign(old)) == old


def test_every_changed_character_is_noticed() -> None:
    token = Tickets(KEY).sign(TICKET)
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(TicketInvalid):
            Tickets(KEY).open(token[:place] + other + token[place + 1 :])


def forgeries() -> dict[str, str]:
    token = Tickets(KEY).sign(TICKET)
    claims = jwt.decode(token, options={"verify_signature": False})
    key = derive(KEY, b"sign check-in-ticket", length=32)

    def signed(**changed: object) -> str:
        left = {name: value for name, value in {**claims, **changed}.items() if value is not ...}
        return jwt.encode(left, key, "HS256", headers={"typ": "cme-check-in-ticket+jwt"})

    return {
        "nothing": "",
        "no token": "not.a.token",
        "alg none": unsigned(token),
        "another key": Tickets(b"w" * 32).sign(TICKET),
        "the venue key itself": jwt.encode(claims, KEY, "HS256", headers={"typ": "cme-check-in-ticket+jwt"}),
        "another algorithm": jwt.encode(claims, key * 2, "HS512", headers={"typ": "cme-check-in-ticket+jwt"}),
        "a proof of a scan": ScanProofs(KEY).sign(scan_now(TICKET.session_id, NOW)),
        "another purpose": ClaimSigner(KEY, "other").sign(claims),
        "another audience": signed(aud="scan-proof"),
        "no audience": signed(aud=...),
        "another type": jwt.encode(claims, key, "HS256", headers={"typ": "JWT"}),
        "no id": signed(jti=...),
        "an id that is none": signed(jti="17"),
        "a direction that is none": signed(direction="up"),
        "a place that is none": signed(place="moon"),
        "a time that is none": signed(scanned="noon"),
        "a time beyond time": signed(scanned=1e300),
        "no end": signed(exp=...),
    }


@pytest.mark.parametrize("kind", forgeries())
def test_a_forged_ticket_is_refused(kind: str) -> None:
    with pytest.raises(TicketInvalid):
        Tickets(KEY).open(forgeries()[kind])


@pytest.mark.parametrize(("device", "belongs"), [("phone-1", True), (None, True), ("phone-2", False)])
def test_a_ticket_belongs_to_a_person_and_a_device(device: str | None, belongs: bool) -> None:
    assert TICKET.is_for(TICKET.person_id, device) is belongs
    assert not TICKET.is_for(new_id(), device)


def test_a_proof_of_a_scan_lasts_three_minutes(machine_zone: str) -> None:
    proofs, seen = ScanProofs(KEY), scan_now(new_id(), NOW)
    assert proofs.open(proofs.sign(seen)) == seen
    assert is_fresh(seen, NOW + timedelta(minutes=3, milliseconds=-1))
    assert not is_fresh(seen, NOW + timedelta(minutes=3))


def test_a_proof_of_a_clock_that_is_seconds_ahead_is_good_and_of_a_wrong_clock_not() -> None:
    seen = scan_now(new_id(), NOW)
    assert is_fresh(seen, NOW - timedelta(seconds=5))
    assert not is_fresh(seen, NOW - timedelta(seconds=6))


@pytest.mark.parametrize("token", ["", "x.y.z", Tickets(KEY).sign(TICKET), unsigned(Tickets(KEY).sign(TICKET))])
def test_a_forged_proof_is_refused(token: str) -> None:
    with pytest.raises(QrInvalid):
        ScanProofs(KEY).open(token)
