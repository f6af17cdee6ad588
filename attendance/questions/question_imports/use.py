"""On which papers questions of an import are."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from attendance.questions.errors import QuestionsInUse
from models.exams import Exam, ExamAttempt, Question
from models.people import Unit
from models.projects import Project
from models.question_imports import QuestionImport

_AT_ONCE = 100
_PROJECTS_NAMED = 5


@dataclass(frozen=True)
class _Exam:
    """An exam that may have drawn questions of the import."""

    project_id: uuid.UUID
    name: str


def require_unused(db: Session, found: QuestionImport) -> None:
    """Raise QuestionsInUse if a learner has a question of an import on a paper: their answers would lose their ground.

    The caller has locked the import, for which an attempt waits that is about to begin.
    """
    questions = select(Question.id, Question.discipline).where(Question.import_id == found.id)
    disciplines = {str(id): discipline for id, discipline in db.execute(questions)}
    used, papers, projects = set[str](), 0, list[str]()
    for exam in _exams(db, found, set(disciplines.values())):
        before = papers
        for paper in _papers(db, found, exam.project_id):
            on_it = disciplines.keys() & paper
            used |= on_it
            papers += bool(on_it)
        projects += [exam.name] if papers > before else []
    if used:
        raise QuestionsInUse(
            facts={"questions": len(used), "papers": papers, "projects": sorted(projects)[:_PROJECTS_NAMED]}
        )


def _exams(db: Session, found: QuestionImport, disciplines: set[str | None]) -> Iterator[_Exam]:
    """Yield the exams in the unit and below it that draw from one of the disciplines and have begun since."""
    path = db.get_one(Unit, found.unit_id).path
    wanted = (
        select(Project.id, Project.name, Exam.draws)
        .join(Exam, Exam.project_id == Project.id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(Unit.path.startswith(path, autoescape=True))
        .where(exists().where(ExamAttempt.project_id == Project.id, _since(found)))
        .order_by(Project.id)
    )
    for project_id, name, draws in db.execute(wanted).all():
        if disciplines & {each["discipline"] for each in draws}:
            yield _Exam(project_id, name)


def _papers(db: Session, found: QuestionImport, project_id: uuid.UUID) -> Iterator[set[str]]:
    """Yield the ids of the questions of each paper, a few papers at a time: they are large."""
    wanted = select(ExamAttempt.paper).where(ExamAttempt.project_id == project_id, _since(found))
    for paper in db.scalars(wanted.execution_options(yield_per=_AT_ONCE)):
        yield {each["question"] for each in paper}


def _since(found: QuestionImport) -> ColumnElement[bool]:
    return ExamAttempt.started_at >= (found.committed_at or found.imported_at)
