"""The level of a project (项目级别), as its category of figure 9 tells it."""

from models.projects import ProjectLevel

_LEVELS = {
    "NAT": ProjectLevel.NATIONAL,
    "PRV": ProjectLevel.PROVINCIAL,
    "PRVP": ProjectLevel.PROVINCIAL,
    "ANN": ProjectLevel.PROVINCIAL,
    "MUN": ProjectLevel.MUNICIPAL,
    "MUN2": ProjectLevel.MUNICIPAL,
    "CTY": ProjectLevel.COUNTY,
}


def level_of(category: str) -> ProjectLevel:
    """Return the level that goes with a category, where the organizer names none."""
    return _LEVELS.get(category, ProjectLevel.UNIT)
