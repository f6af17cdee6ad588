"""Numbers as answers (数值题): which ones a question accepts, and what number a text is.

A question accepts a number, a number with its tolerance (`3.14±0.01`, in Moodle's files `3.14:0.01`), or a range
(`3..4`). Both ends of a range are right. All is compared exactly.
"""

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction

from attendance.questions.answer_texts import level

_NUMBER = r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(?:[eE][+-]?[0-9]{1,2})?"
_ACCEPTED = re.compile(rf"({_NUMBER})(?:\s*\.\.\s*({_NUMBER})|\s*[:±]\s*({_NUMBER}))?")
_ANSWERED = re.compile(rf"({_NUMBER})|(?:({_NUMBER})\*)?10\^([+-]?[0-9]{{1,2}})")


def read_range(accepted: str) -> tuple[Fraction, Fraction] | None:
    """Return the least and the greatest number of an accepted text, or None for a text that is none."""
    found = _ACCEPTED.fullmatch(_narrow(accepted).strip())
    if found is None:
        return None
    number, upper, tolerance = (None if each is None else Fraction(each) for each in found.groups())
    if number is None or (tolerance is not None and tolerance < 0):
        return None
    low, high = (number, upper) if upper is not None else (number - (tolerance or 0), number + (tolerance or 0))
    return (low, high) if low <= high else None


def canonical(accepted: str) -> str:
    """Return an accepted text in the notation that is kept: without blanks, the tolerance after ±."""
    return "".join(_narrow(accepted).split()).replace(":", "±")


def accepts(accepted: Iterable[str], answer: str) -> bool:
    """Return whether an answer is a number that one of the accepted texts means."""
    number = _read_number(answer)
    ranges = (read_range(each) for each in accepted)
    return number is not None and any(each is not None and each[0] <= number <= each[1] for each in ranges)


def _read_number(answer: str) -> Fraction | None:
    """Return the number that a learner wrote, in any notation that `level` knows: 3,140 or ３．１４ or 3×10⁹."""
    found = _ANSWERED.fullmatch(level(answer))
    if found is None:
        return None
    if found[1] is not None:
        return Fraction(found[1])
    return Fraction(found[2] or 1) * Fraction(10) ** int(found[3])


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("−", "-")
