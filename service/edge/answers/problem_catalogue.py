"""All error codes, each with its HTTP status and its title and hint in Chinese and English."""

from service.wording.problems.attendance import ATTENDANCE
from service.wording.problems.claims import CLAIMS
from service.wording.problems.credits import CREDITS
from service.wording.problems.exams import EXAMS
from service.wording.problems.faces import FACES
from service.wording.problems.files import FILES
from service.wording.problems.kinds import ProblemKind
from service.wording.problems.profiles import PROFILES
from service.wording.problems.projects import PROJECTS
from service.wording.problems.requests import REQUESTS
from service.wording.problems.sign_in import SIGN_IN

PROBLEMS: dict[str, ProblemKind] = {
    **REQUESTS,
    **SIGN_IN,
    **PROFILES,
    **FACES,
    **ATTENDANCE,
    **PROJECTS,
    **EXAMS,
    **CREDITS,
    **CLAIMS,
    **FILES,
}
