"""A roster as rows of a spreadsheet, which the roster import reads again."""

from collections.abc import Iterable, Iterator

from attendance.roster.roster_lists import ExportedPerson
from service.wording.roles import ROLES
from sheets.writing import Line


def lines_of(people: Iterable[ExportedPerson]) -> Iterator[Line]:
    """Yield one line for each person, with the columns `EXPORTED_COLUMNS`. Phones and ID numbers are in no file."""
    for each in people:
        ident = None if each.cme_number else str(each.person_id)
        yield (each.cme_number, each.name, each.employer or each.unit, ROLES[each.role], ident)
