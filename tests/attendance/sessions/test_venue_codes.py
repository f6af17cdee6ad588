"""The venue code at its boundaries."""

import base64
import hmac
import struct
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.errors import QrInvalid
from attendance.sessions.signed_tokens import derive
from attendance.sessions.venue_codes import Scan, VenueCodes, Verdict, new_short_code
from models.base import new_id
from models.projects import QrMode
from models.projects import Session as VenueSession

BASE = "https://cme.test"
CODES = VenueCodes(b"k" * 32, BASE)
NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)  # the first instant of a step
STEP = timedelta(seconds=15)
MOMENT = timedelta(milliseconds=1)


def a_session(mode: QrMode = QrMode.ROTATING) -> VenueSession:
    return VenueSession(id=new_id(), short_code=new_short_code(), qr_mode=mode)


def shown(session: VenueSession, at: datetime, codes: VenueCodes = CODES) -> str:
    return codes.read(codes.show(session, at).url).code


@pytest.mark.parametrize(
    ("age", "verdict"),
    [
        (timedelta(0), Verdict.GOOD),
        (STEP - MOMENT, Verdict.GOOD),
        (STEP, Verdict.GOOD),
        (2 * STEP - MOMENT, Verdict.GOOD),
        (2 * STEP, Verdict.EXPIRED),
        (timedelta(minutes=59), Verdict.EXPIRED),
        (timedelta(hours=1), Verdict.EXPIRED),
        (timedelta(hours=1) + STEP, Verdict.WRONG),
        (-MOMENT, Verdict.NOT_YET),
        (-STEP, Verdict.NOT_YET),
        (-STEP - MOMENT, Verdict.WRONG),
        (-timedelta(minutes=10), Verdict.WRONG),
    ],
)
def test_a_code_is_good_for_its_own_step_and_one_more(age: timedelta, verdict: Verdict, machine_zone: str) -> None:
    session = a_session()
    assert CODES.judge(session, shown(session, NOW), NOW + age) is verdict


def test_a_clock_set_back_makes_the_codes_of_the_time_before_wrong_and_shows_good_ones(machine_zone: str) -> None:
    session = a_session()
    before = shown(session, NOW)
    earlier = NOW - timedelta(minutes=5)
    assert CODES.judge(session, before, earlier) is Verdict.WRONG
    assert CODES.judge(session, shown(session, earlier), earlier) is Verdict.GOOD


def test_all_screens_show_the_same_code_and_know_when_the_next_one_comes(machine_zone: str) -> None:
    session = a_session()
    one, other = CODES.show(session, NOW), CODES.show(session, NOW + STEP - MOMENT)
    assert one == other
    assert (one.expires_at, one.rotates_every) == (NOW + STEP, 15)
    assert CODES.show(session, NOW + STEP).url != one.url


def test_the_code_is_the_totp_of_rfc_6238() -> None:
    session = a_session()
    secret = derive(b"k" * 32, b"rotating venue code " + session.id.bytes, length=20)
    digest = hmac.digest(secret, struct.pack(">Q", int(NOW.timestamp()) // 15), "sha1")
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    assert shown(session, NOW) == f"{number % 10**8:08d}"


def test_a_code_of_another_session_or_another_installation_is_wrong() -> None:
    session, other = a_session(), a_session()
    assert CODES.judge(session, shown(other, NOW), NOW) is Verdict.WRONG
    assert CODES.judge(session, shown(session, NOW, VenueCodes(b"x" * 32, BASE)), NOW) is Verdict.WRONG


def test_a_printed_code_never_changes_and_is_none_for_a_screen() -> None:
    printed = a_session(QrMode.PRINTED)
    first, later = CODES.show(printed, NOW), CODES.show(printed, NOW + timedelta(days=400))
    assert first == later
    assert (first.expires_at, first.rotates_every) == (None, None)
    assert CODES.judge(printed, shown(printed, NOW), NOW + timedelta(days=400)) is Verdict.GOOD
    rotating = VenueSession(id=printed.id, short_code=printed.short_code, qr_mode=QrMode.ROTATING)
    assert CODES.judge(rotating, shown(printed, NOW), NOW) is Verdict.WRONG
    assert CODES.judge(printed, shown(rotating, NOW), NOW) is Verdict.WRONG


def test_a_url_is_short_and_read_back() -> None:
    for mode in QrMode:
        session = a_session(mode)
        url = CODES.show(session, NOW).url
        assert len(url) < len(BASE) + 60
        assert CODES.read(url).short_code == session.short_code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345678",
        "https://example.org/s/abcdefgh?c=12345678",
        "http://cme.test/s/abcdefgh?c=12345678",
        "https://cme.test.example.org/s/abcdefgh?c=12345678",
        "https://cme.test:8443/s/abcdefgh?c=12345678",
        "https://cme.test/s/abcdefgh",
        "https://cme.test/s/abcdefgh?c=",
        "https://cme.test/s/abcdefgh?c=1234567",
        "https://cme.test/s/abcdefgh?c=12345678\n",
        "https://cme.test/s/abcdefgh?c=１２３４５６７８",
        "https://cme.test/s/../x?c=12345678",
        "https://cme.test/s/abcdefgh?c=12345678&c=87654321",
        "https://cmeXtest/s/abcdefgh?c=12345678",
        "https://cme.test/s/abcdefgh?c=12345678" + "0" * 60,
    ],
)
def test_any_other_text_is_no_venue_code(text: str) -> None:
    with pytest.raises(QrInvalid):
        CODES.read(text)


@given(st.text(max_size=200))
def test_garbage_is_refused_and_nothing_else_happens(text: str) -> None:
    for given_text in (text, f"{BASE}/s/{text}", f"{BASE}/s/abcdefgh?c={text}"):
        try:
            scan = CODES.read(given_text)
        except QrInvalid:
            continue
        assert given_text == f"{BASE}/s/{scan.short_code}?c={scan.code}"


def test_secrets_differ_by_session_and_purpose() -> None:
    one, other = a_session(), a_session()
    kinds = (b"rotating venue code ", b"printed venue code ")
    made = {base64.b64encode(derive(b"k" * 32, kind + s.id.bytes, length=20)) for s in (one, other) for kind in kinds}
    assert len(made) == 4


def test_a_scan_is_what_it_was_read_as() -> None:
    assert CODES.read(f"{BASE}/s/abcdefgh?c=01234567") == Scan("abcdefgh", "01234567")
