"""Sessions as iCalendar (RFC 5545), which every calendar program reads."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from attendance.calendars import Event

ICALENDAR = "text/calendar; charset=utf-8"
_FOLD = 75  # octets a line, by section 3.1


def icalendar(events: Iterable[Event], *, host: str, now: datetime) -> str:
    """The whole calendar. host: makes the ids of events ours alone."""
    return "".join(f"{folded}\r\n" for line in _lines(events, host, now) for folded in _fold(line))


def _lines(events: Iterable[Event], host: str, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cme-attendance//sessions//ZH", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", f"X-WR-CALNAME:{_text('继续医学教育')}")
    for event in events:
        session = event.session
        yield "BEGIN:VEVENT"
        yield f"UID:{session.id}@{host}"
        yield f"DTSTAMP:{_instant(now)}"
        yield f"SEQUENCE:{session.revision}"
        yield f"DTSTART:{_instant(session.starts_at)}"
        yield f"DTEND:{_instant(session.ends_at)}"
        yield f"SUMMARY:{_text(f'{event.project_name} {session.title}')}"
        place = session.venue if session.track is None else f"{session.venue}（{session.track}）"
        yield f"LOCATION:{_text(place)}"
        yield f"STATUS:{'CANCELLED' if event.is_off else 'CONFIRMED'}"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """Escaped as section 3.3.11 wants; a line break of ours can begin no property of its own."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        value = value.replace(plain, escaped)
    return value


def _fold(line: str) -> Iterator[str]:
    """At most 75 octets a line, never within a character; what goes on begins with a blank."""
    part = ""
    for character in line:
        if len((part + character).encode()) > _FOLD:
            yield part
            part = " "
        part += character
    yield part
