"""Every error code: its status, and what to tell people, in Chinese and English."""

from service.problem_texts.attendance import ATTENDANCE
from service.problem_texts.credits import CREDITS
from service.problem_texts.exams import EXAMS
from service.problem_texts.faces import FACES
from service.problem_texts.files import FILES
from service.problem_texts.kinds import ProblemKind
from service.problem_texts.projects import PROJECTS
from service.problem_texts.requests import REQUESTS

PROBLEMS: dict[str, ProblemKind] = {
    **REQUESTS,
    **FACES,
    **ATTENDANCE,
    **PROJECTS,
    **EXAMS,
    **CREDITS,
    **FILES,
}
