"""What the rows of a file say, before anything is looked up: read, normalized, and sealed where it is personal."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from accounts.errors import PhoneInvalid
from accounts.sealing import FieldSeal, normal_phone
from models.imports import ImportRow
from models.projects import RosterRole
from sheets.tables import Row

NUMBER, NAME, ID_NUMBER, PHONE, UNIT, ROLE = "继教编号", "姓名", "证件号", "手机", "单位", "角色"
TIME, DIRECTION, SESSION, DEVICE = "时间", "方向", "场次", "设备号"
ROSTER_COLUMNS = (NUMBER, NAME, ID_NUMBER, PHONE, UNIT, ROLE)
PUNCH_COLUMNS = (NUMBER, TIME, DIRECTION, SESSION, DEVICE)

_ROLES = {"": RosterRole.LEARNER, "学员": RosterRole.LEARNER, "learner": RosterRole.LEARNER,
          "授课教师": RosterRole.SPEAKER, "讲师": RosterRole.SPEAKER, "speaker": RosterRole.SPEAKER}  # fmt: skip
_DIRECTIONS = {"": None, "签到": "in", "进": "in", "in": "in", "签退": "out", "出": "out", "out": "out"}
_RESIDENT = re.compile(r"[0-9]{17}[0-9Xx]")
_OTHER_DOCUMENT = re.compile(r"[A-Za-z0-9()（）-]{5,17}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_CHECK_DIGITS = "10X98765432"


def roster_row(import_id: uuid.UUID, row: Row, seal: FieldSeal) -> ImportRow:
    """A row of a roster. Who has no 继教编号 needs name, ID number and phone: they may be of another province."""
    made, cells = _row(import_id, row), row.cells
    made.name = _at_most(made, cells, NAME, 100)
    made.employer = _at_most(made, cells, UNIT, 200)
    made.role = _ROLES.get(cells[ROLE].lower())
    if made.role is None:
        blame(made, ROLE, "role_unknown")
    phone, id_number = _phone(made, cells[PHONE]), _id_number(made, cells[ID_NUMBER])
    if made.cme_number is not None:
        return made  # the number says who it is: the rest isn't kept
    for column in (NAME, ID_NUMBER, PHONE):
        if not cells[column]:
            blame(made, column, "missing")
    if phone:
        made.phone_sealed, made.phone_hash = seal.seal("phone", phone), seal.blind("phone", phone)
    if id_number:
        made.id_number_sealed = seal.seal("id_number", id_number)
        made.id_number_hash = seal.blind("id_number", id_number)
    return made


def punch_row(import_id: uuid.UUID, row: Row, seal: FieldSeal) -> ImportRow:
    """A row of an attendance machine: who and when; the direction and the session where it tells them."""
    made, cells = _row(import_id, row), row.cells
    if made.cme_number is None:
        blame(made, NUMBER, "missing")
    if cells[DIRECTION].lower() not in _DIRECTIONS:
        blame(made, DIRECTION, "direction_unknown")
    made.punch = {
        "time": cells[TIME],
        "direction": _DIRECTIONS.get(cells[DIRECTION].lower()),
        "session": cells[SESSION],
        "device": cells[DEVICE][:64],
    }
    return made


def mark_repeated(rows: Sequence[ImportRow], key: Callable[[ImportRow], Any], column: str) -> None:
    """Mark rows that say what one above them says already."""
    seen = set()
    for row in rows:
        found = key(row)
        if found is None:
            continue
        if found in seen:
            blame(row, column, "repeated")
        seen.add(found)


def mark_shared_phones(rows: Sequence[ImportRow]) -> None:
    """Mark rows whose phone a row above them gave to somebody else: a phone signs in one person."""
    owners: dict[bytes, bytes | None] = {}
    for row in rows:
        if row.phone_hash is not None and owners.setdefault(row.phone_hash, row.id_number_hash) != row.id_number_hash:
            blame(row, PHONE, "phone_of_another")


def blame(row: ImportRow, column: str, code: str) -> None:
    """Say what is wrong with a row."""
    row.errors = [*row.errors, {"column": column, "code": code}]
    row.has_errors = True


def is_resident_number(text: str) -> bool:
    """Whether the check digit of an 18-digit resident ID number is right (GB 11643-1999)."""
    if not _RESIDENT.fullmatch(text):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return text[17].upper() == _CHECK_DIGITS[total % 11]


def _row(import_id: uuid.UUID, row: Row) -> ImportRow:
    made = ImportRow(
        import_id=import_id, number=row.number, errors=[], has_errors=False, is_checked=False, is_newcomer=False
    )
    made.cme_number = _at_most(made, row.cells, NUMBER, 20)
    return made


def _at_most(made: ImportRow, cells: Mapping[str, str], column: str, most: int) -> str | None:
    if len(cells[column]) > most:
        blame(made, column, "too_long")
    return cells[column][:most] or None


def _phone(made: ImportRow, text: str) -> str | None:
    if not text:
        return None
    try:
        return normal_phone(text)
    except PhoneInvalid:
        blame(made, PHONE, "phone_invalid")
        return None


def _id_number(made: ImportRow, text: str) -> str | None:
    """Upper case, as it is compared. Eighteen characters are a resident's, others a passport or the like."""
    if not text:
        return None
    if is_resident_number(text) or _OTHER_DOCUMENT.fullmatch(text):
        return text.upper()
    blame(made, ID_NUMBER, "id_number_invalid")
    return None
