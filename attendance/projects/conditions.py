"""What a learner must have done for the credits of a project (W)."""

from dataclasses import dataclass
from decimal import Decimal

from models.projects import Project


@dataclass(frozen=True)
class Conditions:
    """min_attendance: share of the sessions, 0.00 to 1.00; the others say what is needed besides."""

    min_attendance: Decimal = Decimal("0.80")
    check_out: bool = False
    evaluation: bool = False
    exam: bool = False


def conditions_of(project: Project) -> Conditions:
    """Return the conditions of a project."""
    return Conditions(
        min_attendance=project.min_attendance,
        check_out=project.needs_check_out,
        evaluation=project.needs_evaluation,
        exam=project.needs_exam,
    )


def set_conditions(project: Project, conditions: Conditions) -> None:
    """Give a project its conditions."""
    project.min_attendance = conditions.min_attendance
    project.needs_check_out = conditions.check_out
    project.needs_evaluation = conditions.evaluation
    project.needs_exam = conditions.exam
