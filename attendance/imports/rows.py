"""Reading the rows of a file without the database: values are normalized, and personal values are sealed."""

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from accounts.errors import IdNumberInvalid, PhoneInvalid
from accounts.id_numbers import normal_id_number
from accounts.phones import normal_phone
from foundation.sealing import FieldSeal
from models.imports import ImportRow, RowOutcome
from models.projects import RosterRole
from sheets.cells import CELL_FAULTS, plain
from sheets.meanings import identifier_of
from sheets.tables import Row

_T = TypeVar("_T")
NUMBER, NAME, ID_NUMBER, PHONE, UNIT, ROLE = "继教编号", "姓名", "证件号", "手机", "单位", "角色"
PERSON = "系统编号"
"""The id of a person, which an exported roster has for people without 继教编号."""
TIME, DIRECTION, SESSION, DEVICE, DATE = "时间", "方向", "场次", "设备号", "日期"
ROSTER_COLUMNS = (NUMBER, NAME, ID_NUMBER, PHONE, UNIT, ROLE)
EXPORTED_COLUMNS = (NUMBER, NAME, UNIT, ROLE, PERSON)
"""Those of an exported roster, which holds no phone and no ID number. The import reads both."""
PUNCH_COLUMNS = (NUMBER, TIME, DIRECTION, SESSION, DEVICE, DATE, NAME)
OTHER_TITLES = {
    NUMBER: ("人员编号", "学员编号", "继续教育编号", "继续医学教育编号"),
    NAME: ("学员姓名",),
    ID_NUMBER: ("身份证号", "身份证号码", "身份证", "证件号码"),
    PHONE: ("手机号", "手机号码", "联系电话", "电话", "移动电话"),
    UNIT: ("工作单位", "单位名称", "所在单位"),
    ROLE: ("人员类别", "参会身份"),
    TIME: ("打卡时间", "考勤时间", "日期时间", "刷卡时间", "签到时间"),
    DIRECTION: ("进出", "考勤状态", "签到/签退"),
    SESSION: ("场次名称",),
    DEVICE: ("设备", "设备编号", "机号"),
    DATE: ("打卡日期", "考勤日期"),
}
"""Other titles that people and machines give to the columns."""

_ROLES = {
    RosterRole.LEARNER: ("", "学员", "学生", "参会代表", "learner"),
    RosterRole.SPEAKER: ("授课教师", "授课老师", "讲师", "讲者", "专家", "speaker"),
}
_DIRECTIONS = {
    "in": ("签到", "进", "入", "上班签到", "上班", "in"),
    "out": ("签退", "出", "下班签退", "下班", "out"),
}
_LONGEST_CLOCK = len("08:30:00 ")
_DIGITS_LOST = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
_LOOKS_CUT = re.compile(r"[0-9]{15}000")  # about one right number in a thousand, and each that a spreadsheet rounded
_HAN_WITH_BLANKS = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff·•‧・\s]+")


def roster_row(import_id: uuid.UUID, row: Row, seal: FieldSeal) -> ImportRow:
    """Return a row of a roster. A person without 继教编号 (from another province) needs name, ID number and phone.

    In an exported roster such a person has their id instead.
    """
    made, cells = _row(import_id, row), row.cells
    made.name = _name(_limited(made, cells, NAME, 100))
    made.employer = _limited(made, cells, UNIT, 200)
    made.role = _meaning(_ROLES, cells[ROLE])
    if made.role is None:
        add_error(made, ROLE, "role_unknown")
    if made.cme_number is not None:
        _add_proofs(made, cells, seal)
        return made
    if NUMBER in row.faults:
        return made  # who it is can't be read: not taken for a newcomer
    if cells[PERSON]:
        _read_person(made, cells[PERSON])
        return made
    phone = _phone(made, _number(made, cells, PHONE))
    id_number = _id_number(made, _number(made, cells, ID_NUMBER))
    for column in (NAME, ID_NUMBER, PHONE):
        if not cells[column]:
            add_error(made, column, "missing")
    if phone:
        made.phone_sealed, made.phone_hash = seal.seal("phone", phone), seal.blind("phone", phone)
    if id_number:
        made.id_number_sealed = seal.seal("id_number", id_number)
        made.id_number_hash = seal.blind("id_number", id_number)
    return made


def punch_row(import_id: uuid.UUID, row: Row, seal: FieldSeal) -> ImportRow:
    """Return a row of an attendance machine: person and time, and direction and session if the machine gives them."""
    made, cells = _row(import_id, row), row.cells
    made.name = cells[NAME][:100] or None
    if made.cme_number is None:
        add_error(made, NUMBER, "missing")
    direction = _meaning(_DIRECTIONS, cells[DIRECTION])
    if cells[DIRECTION] and direction is None:
        add_error(made, DIRECTION, "direction_unknown")
    made.punch = {
        "time": f"{cells[DATE].split(' ')[0]} {cells[TIME]}"
        if cells[DATE] and len(cells[TIME]) < _LONGEST_CLOCK
        else cells[TIME],
        "direction": direction,
        "session": cells[SESSION],
        "device": cells[DEVICE][:64],
    }
    return made


def mark_repeated(rows: Sequence[ImportRow], key: Callable[[ImportRow], Any], column: str) -> None:
    """Add an error to rows whose key is the key of a row above."""
    seen = set()
    for row in rows:
        found = key(row)
        if found is None:
            continue
        if found in seen:
            add_error(row, column, "repeated")
        seen.add(found)


def mark_shared_phones(rows: Sequence[ImportRow]) -> None:
    """Add an error to newcomers whose phone belongs to another one in a row above: a phone signs in one person."""
    owners: dict[bytes, bytes | None] = {}
    for row in rows:
        if row.cme_number is not None or row.phone_hash is None:
            continue
        if owners.setdefault(row.phone_hash, row.id_number_hash) != row.id_number_hash:
            add_error(row, PHONE, "phone_of_another")


def add_error(row: ImportRow, column: str, code: str) -> None:
    """Add an error to a row, unless the cell couldn't be read at all, which is told already."""
    if any(each["column"] == column and each["code"] in CELL_FAULTS for each in row.errors):
        return
    row.errors = [*row.errors, {"column": column, "code": code}]
    row.has_errors = True


def leave_out(row: ImportRow, column: str, code: str) -> None:
    """Leave a row out: it has no effect, says why, and doesn't block the file."""
    note(row, column, code)
    row.outcome = RowOutcome.LEFT_OUT


def note(row: ImportRow, column: str, code: str) -> None:
    """Note something about a row that doesn't keep it from being taken."""
    row.findings = [*row.findings, {"column": column, "code": code}]


def _row(import_id: uuid.UUID, row: Row) -> ImportRow:
    made = ImportRow(
        import_id=import_id, number=row.number, errors=[], findings=[], has_errors=False, is_checked=False,
        is_newcomer=False,
    )  # fmt: skip
    for column, code in row.faults.items():
        add_error(made, column, code)
    number = _number(made, row.cells, NUMBER)
    if len(number) > 20:
        add_error(made, NUMBER, "too_long")
    made.cme_number = number[:20] or None
    return made


def _read_person(made: ImportRow, text: str) -> None:
    try:
        made.person_ref = uuid.UUID(plain(text))
    except ValueError:
        add_error(made, PERSON, "unknown_person")
    if made.name is None:
        add_error(made, NAME, "missing")


def _number(made: ImportRow, cells: Mapping[str, str], column: str) -> str:
    """Return a number in its compared form. A number that a spreadsheet rounded (1.2E+17) is an error."""
    text = plain(cells[column])
    if _DIGITS_LOST.fullmatch(text.upper()):
        add_error(made, column, "digits_lost")
        return ""
    return identifier_of(text)


def _add_proofs(made: ImportRow, cells: Mapping[str, str], seal: FieldSeal) -> None:
    """Keep what shows whether a row's number belongs to its person. What can't be read is noted: it isn't needed."""
    phone, id_number = plain(cells[PHONE]), identifier_of(cells[ID_NUMBER])
    if id_number:
        try:
            made.id_number_hash = seal.blind("id_number", normal_id_number(id_number))
        except IdNumberInvalid:
            has_lost_digits = _DIGITS_LOST.fullmatch(id_number.upper())
            note(made, ID_NUMBER, "digits_lost" if has_lost_digits else "id_number_invalid")
    if phone:
        try:
            made.phone_hash = seal.blind("phone", normal_phone(phone))
        except PhoneInvalid:
            note(made, PHONE, "phone_invalid")


def _name(text: str | None) -> str | None:
    """Return the name; blanks within a Chinese name are removed, so that 张　三 is 张三."""
    if text is not None and _HAN_WITH_BLANKS.fullmatch(text):
        return "".join(text.split())
    return text


def _meaning(words: Mapping[_T, Collection[str]], text: str) -> _T | None:
    wanted = plain(text).lower()
    return next((meaning for meaning, known in words.items() if wanted in known), None)


def _limited(made: ImportRow, cells: Mapping[str, str], column: str, most: int) -> str | None:
    if len(cells[column]) > most:
        add_error(made, column, "too_long")
    return cells[column][:most] or None


def _phone(made: ImportRow, text: str) -> str | None:
    if not text:
        return None
    try:
        return normal_phone(text)
    except PhoneInvalid:
        add_error(made, PHONE, "phone_invalid")
        return None


def _id_number(made: ImportRow, text: str) -> str | None:
    if not text:
        return None
    try:
        found = normal_id_number(text)
    except IdNumberInvalid:
        add_error(made, ID_NUMBER, "id_number_invalid")
        return None
    if _LOOKS_CUT.fullmatch(found):
        note(made, ID_NUMBER, "digits_doubtful")
    return found
