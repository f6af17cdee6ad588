"""Makes the hint of a refusal: why it came, with its facts in words, and how long to wait. Rules without a request.

A text may name facts between braces, also parts of them: `{next_session[title]}`. Instants are shown by the clock of
the fact `zone` beside them, else by that of the province.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from foundation.clock import HOME
from service.wording.problems.kinds import ProblemKind
from service.wording.reasoned import ALSO, HINTS, LISTS, WAIT, WORDS_OF_FACTS

_MINUTE, _HOUR = 60, 3600
_KIB, _MIB = 2**10, 2**20
_INSTANTS = frozenset({"since", "until", "by", "latest"})
"""Facts that may hold an instant, beside those whose names end in `_at`."""


def hint_of(
    code: str, kind: ProblemKind, facts: Mapping[str, Any], *, retry_after: int | None, is_english: bool
) -> str:
    """Return the hint of one refusal in one language.

    facts: also `fields`, the inputs at fault. retry_after: seconds until another try makes sense.
    """
    side = 1 if is_english else 0
    reasoned = HINTS.get((code, facts.get("why", ""))) or HINTS.get((code, ""))
    told = _in_words({name: value for name, value in facts.items() if value not in (None, [])}, side)
    plain = kind.hint_en if is_english else kind.hint_zh
    parts = [plain if reasoned is None else _filled_in(reasoned[side], told, plain)]
    parts += [words[side].format(**told) for words in _more(facts)]
    if retry_after is not None:
        parts.append(wait_in_words(retry_after, is_english=is_english))
    return (" " if is_english else "").join(parts)


def wait_in_words(seconds: int, *, is_english: bool) -> str:
    """Return how long to wait: in seconds below two minutes, in minutes below two hours, else in hours."""
    unit, size = ("seconds", 1) if seconds < 2 * _MINUTE else ("minutes", _MINUTE)
    unit, size = (unit, size) if seconds < 2 * _HOUR else ("hours", _HOUR)
    return WAIT[unit][1 if is_english else 0].format(number=-(-seconds // size))


def _filled_in(text: str, told: Mapping[str, Any], plain: str) -> str:
    """Return the text with its facts; the plain hint where one of them is missing or empty: a hint never fails."""
    try:
        return text.format(**told)
    except (KeyError, TypeError):
        return plain


def _more(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the sentences that facts add, whatever the code is: those of this very value, else those of the fact."""
    found = (ALSO.get(f"{name}={value}") or ALSO.get(name) for name, value in facts.items() if value not in (None, []))
    return [words for words in found if words is not None]


def _in_words(facts: Mapping[str, Any], side: int) -> dict[str, Any]:
    zone = ZoneInfo(facts["zone"]) if facts.get("zone") else HOME
    return {name: _word(name, value, zone, side) for name, value in facts.items()}


def _item(name: str, value: Any, zone: ZoneInfo, side: int) -> str:
    """Return one of a list; a thing with a name by its name."""
    if isinstance(value, Mapping):
        return str(value.get("title") or value.get("project") or value.get("id"))
    return str(_word(name, value, zone, side))


def _word(name: str, value: Any, zone: ZoneInfo, side: int) -> Any:
    """Return a fact as a text shows it: an instant by a clock, a code by its words, a list with commas."""
    if isinstance(value, Mapping):
        return _in_words({"zone": zone.key, **value}, side)
    if isinstance(value, list):
        return LISTS[side].join(_item(name, each, zone, side) for each in value)
    if name == "limit_bytes":
        return f"{value / _MIB:.0f} MB" if value >= _MIB else f"{value // _KIB} kB"
    if name.endswith("share"):
        return f"{Decimal(value):.0%}"
    if isinstance(value, str) and (name.endswith("_at") or name in _INSTANTS) and "T" in value:
        return datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%d %H:%M")
    words = WORDS_OF_FACTS.get(name, {}).get(str(value))
    return words[side] if words else value
