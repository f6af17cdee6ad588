"""Any roster comes back through its file: who, in which role, whatever their names look like."""

import uuid

from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.imports.files import read_file
from attendance.imports.rows import EXPORTED_COLUMNS
from attendance.roster.roster_lists import ExportedPerson
from foundation.sealing import FieldSeal
from models.imports import ImportKind
from models.projects import RosterRole
from service.exports.project_sheets import roster_lines
from sheets.cells import clean
from sheets.meanings import person_name_of
from sheets.writing import csv_lines, xlsx_bytes

SEAL = FieldSeal(b"k" * 32)
ODD = ["=1+1", "'=x", "张　三", "买买提·艾力", "O'Neil, Ann", "50%", "007", "TRUE", "_x000D_", "㐂𠮷", "a;b\tc"]
TEXT = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="\ufffd"), max_size=60),
).filter(clean)
PERSON = st.builds(
    ExportedPerson,
    person_id=st.uuids(),
    cme_number=st.one_of(st.none(), st.from_regex(r"[A-Z]?[0-9]{4,15}", fullmatch=True)),
    name=TEXT,
    employer=st.one_of(st.none(), TEXT),
    unit=TEXT,
    role=st.sampled_from(RosterRole),
)
PEOPLE = st.lists(
    PERSON, max_size=8, unique_by=(lambda each: each.person_id, lambda each: each.cme_number or each.person_id)
)


@settings(deadline=None)
@given(people=PEOPLE, form=st.sampled_from(["xlsx", "utf-8", "gb18030", "utf-16"]))
def test_any_exported_roster_is_read_as_it_was(people: list[ExportedPerson], form: str) -> None:
    if form == "xlsx":
        data = xlsx_bytes(EXPORTED_COLUMNS, roster_lines(people), name="学员名单")
    else:
        data = "".join(csv_lines(EXPORTED_COLUMNS, roster_lines(people))).encode(form)
    found = read_file(ImportKind.ROSTER, data, SEAL).rows
    assert [each.errors for each in found] == [[]] * len(people)
    for row, person in zip(found, people, strict=True):
        ident: uuid.UUID | None = None if person.cme_number else person.person_id
        assert (row.cme_number, row.person_ref, row.role) == (person.cme_number, ident, person.role)
        assert person_name_of(row.name or "") == person_name_of(person.name)
        assert row.employer == clean(person.employer or person.unit)
