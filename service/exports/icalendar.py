"""Sessions as iCalendar (RFC 5545), which every calendar program reads."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from attendance.sessions.calendars import Event

ICALENDAR = "text/calendar; charset=utf-8"
_FOLD = 75  # octets in a line, section 3.1
_AGAIN = "PT1H"  # how often a program may ask, by RFC 7986, and by Outlook's older name
_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = dict.fromkeys([*range(9), *range(10, 32), 127])  # no text may hold them


def icalendar(events: Iterable[Event], *, now: datetime) -> str:
    """Return the whole calendar. now: the time of creation, which `METHOD:PUBLISH` requires in each event."""
    return "".join(f"{folded}\r\n" for line in _lines(events, now) for folded in _fold(line))


def _lines(events: Iterable[Event], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cme-attendance//sessions//ZH", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"X-WR-CALNAME:{_text('继续医学教育')}")
    yield from (f"REFRESH-INTERVAL;VALUE=DURATION:{_AGAIN}", f"X-PUBLISHED-TTL:{_AGAIN}")
    for event in events:
        session = event.session
        yield "BEGIN:VEVENT"
        yield f"UID:{session.id}"  # alone, by RFC 7986: the same event whatever our address is
        yield f"DTSTAMP:{_instant(now)}"
        yield f"SEQUENCE:{session.revision}"
        yield f"DTSTART:{_instant(session.starts_at)}"
        yield f"DTEND:{_instant(session.ends_at)}"
        yield f"SUMMARY:{_text(f'{event.project_name} {session.title}')}"
        place = session.venue if session.track is None else f"{session.venue}（{session.track}）"
        yield f"LOCATION:{_text(place)}"
        if session.cancellation_reason is not None:
            yield f"DESCRIPTION:{_text(f'已停办：{session.cancellation_reason}')}"
        yield f"STATUS:{'CANCELLED' if event.is_off else 'CONFIRMED'}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Escape a text (section 3.3.11). A line break in it can't begin a new property."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        value = value.replace(plain, escaped)
    return _BREAKS.sub(r"\\n", value).translate(_CONTROLS)


def _fold(line: str) -> Iterator[str]:
    """Yield lines of at most 75 octets, never split inside a character. A continued line begins with a blank."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _FOLD:
            yield part
            part = " "
        part += character
    yield part
