"""The known formats of project numbers, and the known disciplines."""

from attendance.projects.numbers import NumberFormat
from models.projects import ProjectLevel
from service.edge.answers.bodies import Out


class NumberFormatOut(Out):
    """A format of project numbers. pattern: a regular expression."""

    level: ProjectLevel
    name: str
    pattern: str
    example: str
    source: str

    @classmethod
    def of(cls, known: NumberFormat) -> "NumberFormatOut":
        """Return what a format looks like."""
        return cls(
            level=known.level,
            name=known.name,
            pattern=known.pattern.pattern,
            example=known.example,
            source=known.source,
        )


class NumberFormatList(Out):
    """The known formats."""

    items: list[NumberFormatOut]


class SecondDiscipline(Out):
    """A discipline of the second level."""

    code: str
    name: str


class DisciplineOut(Out):
    """A discipline, with its disciplines of the second level."""

    code: str
    name: str
    below: list[SecondDiscipline]


class DisciplineList(Out):
    """The known disciplines, in the order of their codes."""

    items: list[DisciplineOut]
