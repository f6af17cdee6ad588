"""Each table that names a person within a project is known to the one place that says who took part."""

from attendance.roster import took_part
from models.base import Base
from models.imports import AttendanceImport
from models.people import Person
from models.projects import Project, Session
from models.settlements import Settlement

WITHIN = {each.__tablename__ for each in (Project, Session, Settlement, AttendanceImport)}


def tables_that_name_a_person_in_a_project() -> set[str]:
    """Tables with a `person_id` and a key to a project, or to what belongs to one."""
    found = set()
    for table in Base.metadata.sorted_tables:
        column = table.columns.get("person_id")
        names_a_person = column is not None and any(
            key.column.table.name == Person.__tablename__ for key in column.foreign_keys
        )
        if names_a_person and {key.column.table.name for key in table.foreign_keys} & WITHIN:
            found.add(table.name)
    return found


def test_each_table_that_names_a_person_in_a_project_says_whether_they_took_part() -> None:
    known = {each.__tablename__ for each in (*took_part.AT_SESSIONS, *took_part.IN_PROJECT, *took_part.NO_PART)}
    assert tables_that_name_a_person_in_a_project() == known
