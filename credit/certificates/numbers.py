"""Numbers of certificates (证书编号, M-10.1): unique, with a check digit, from a sequence that is never drawn twice."""

import re
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from foundation.transactions import insert_new
from models.certificates import CertificateSeries

SEQUENCE_DIGITS = 10
_SERIES = 1
_PLACE = re.compile(r"\{(year|sequence|check)\}")


@dataclass(frozen=True)
class NumberFormat:
    """How a number is written: capitals, digits and hyphens with `{year}`, `{sequence}` and `{check}` (O-23).

    Raises ValueError unless sequence and check are each in it once, the check last.
    """

    pattern: str = "ZJ{year}{sequence}{check}"

    def __post_init__(self) -> None:
        plain = _PLACE.sub("", self.pattern)
        places = _PLACE.findall(self.pattern)
        is_whole = places.count("sequence") == 1 and places.count("check") == 1 and places.count("year") <= 1
        if not is_whole or not self.pattern.endswith("{check}") or not re.fullmatch(r"[A-Z0-9-]{0,20}", plain):
            raise ValueError("wanted capitals, digits and hyphens with {sequence} once and {check} at the end")

    def number(self, year: int, sequence: int) -> str:
        """Return the number of a certificate. year: of its issue."""
        values = {"year": f"{year:04}", "sequence": f"{sequence:0{SEQUENCE_DIGITS}}", "check": ""}
        body = _PLACE.sub(lambda found: values[found[1]], self.pattern)
        return body + check_digit(body)


def check_digit(body: str) -> str:
    """Return the check digit of the digits in a text: ISO/IEC 7064, MOD 11,10.

    It tells each wrong digit, and nearly each two that are exchanged.
    """
    check = 10
    for digit in (int(each) for each in body if each.isdigit()):
        total = (check + digit) % 10 or 10
        check = total * 2 % 11
    return str((11 - check) % 10)


def is_well_formed(number: str) -> bool:
    """Return whether the check digit of a number is right."""
    return bool(number) and number[-1].isdecimal() and check_digit(number[:-1]) == number[-1]


def draw_sequences(db: Session, count: int) -> range:
    """Draw sequences that nobody has drawn, two processes at once included.

    The caller commits before it uses them, so that a sequence is not drawn again after what follows was rolled back.
    """
    insert_new(db, CertificateSeries, id=_SERIES, last=0)
    last = db.execute(
        update(CertificateSeries)
        .where(CertificateSeries.id == _SERIES)
        .values(last=CertificateSeries.last + count)
        .returning(CertificateSeries.last)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    return range(last - count + 1, last + 1)
