"""My own attempts at exams: the server saves each answer separately, and any device can continue."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from apiflask import APIBlueprint
from apiflask.schemas import FileSchema
from flask import Response

from attendance.exams import answers, attempts, correction_views, learner_views
from attendance.exams.answers import GivenAnswer
from attendance.exams.attempts import Sitting
from attendance.exams.correction_views import SeenCorrection
from attendance.exams.grading import per_cent
from attendance.exams.learner_views import ReviewedQuestion
from attendance.exams.papers import Item, read_paper
from attendance.questions import question_pictures
from service.api.exams.schemas.exams import AnswerIn, AnswerOut, AttemptOut, SubmissionOut
from service.edge.access import signed_in, token_bearer
from service.edge.answers.briefs import with_names
from service.edge.answers.refusals import refuses
from service.edge.calls import BearerCall, Call

api = APIBlueprint("exam_attempts", __name__, tag="Exams")


@api.get("/exam-attempts/<uuid:attempt_id>")
@signed_in()
@refuses("not_found")
@api.output(AttemptOut)
@with_names
def get_attempt(call: Call, attempt_id: uuid.UUID) -> AttemptOut:
    """Show my attempt with the saved answers; after its deadline, its result."""
    questions = call.components.questions
    sitting = attempts.get_sitting(call.db, attempt_id=attempt_id, caller=call.caller, questions=questions)
    review = learner_views.review(call.db, sitting=sitting, now=call.now)
    seen = correction_views.seen_on_paper(call.db, sitting=sitting, now=call.now)
    return attempt_out(sitting, call.now, review, seen)


@api.put("/exam-attempts/<uuid:attempt_id>/answers/<uuid:question_id>")
@token_bearer  # saving is idempotent by itself, and needs no kept reply
@refuses("not_found", "answers_invalid", "exam_over")
@api.input(AnswerIn, arg_name="body")
@api.output(AnswerOut)
def put_answer(call: BearerCall, attempt_id: uuid.UUID, question_id: uuid.UUID, body: AnswerIn) -> AnswerOut:
    """Save one answer, and return what the server has saved. A repeated call changes nothing."""
    options = tuple(body.options) if body.options is not None else None
    given = GivenAnswer(attempt_id, question_id, options, body.text, body.revision)
    questions = call.components.questions
    saved = answers.save(call.db, given=given, bearer=call.bearer, now=call.now, questions=questions)
    if saved is None:
        raise answers.why_not(call.db, given=given, caller=call.caller, questions=questions)
    return _answer_out(saved.question_id, saved.value, saved.revision, saved.saved_at)


@api.post("/exam-attempts/<uuid:attempt_id>/submission")
@signed_in()
@refuses("not_found")
@api.output(SubmissionOut)
def submit_attempt(call: Call, attempt_id: uuid.UUID) -> SubmissionOut:
    """Hand in my attempt. Handed in already or past its deadline, it does not change."""
    questions = call.components.questions
    done = attempts.submit(call.db, attempt_id=attempt_id, caller=call.caller, now=call.now, questions=questions)
    return SubmissionOut(
        id=done.id,
        score=per_cent(done.score or 0),
        pass_mark=done.pass_mark,
        passed=bool(done.passed),
        submitted_at=done.submitted_at or call.now,
        hand_in=learner_views.hand_in_of(done, call.now),
    )


@api.get("/exam-attempts/<uuid:attempt_id>/pictures/<uuid:question_id>")
@signed_in()
@refuses("not_found")
@api.output(FileSchema(type="string", format="binary"), content_type="image/png")
def get_picture_of_paper(call: Call, attempt_id: uuid.UUID, question_id: uuid.UUID) -> Response:
    """Show the picture of a question on my own paper."""
    content = question_pictures.get_picture_of_paper(
        call.db, attempt_id=attempt_id, question_id=question_id, caller=call.caller
    )
    return Response(content, mimetype="image/png")


def attempt_out(
    sitting: Sitting, now: datetime, review: list[ReviewedQuestion] | None, seen: Sequence[SeenCorrection]
) -> AttemptOut:
    """Return an attempt as its learner sees it.

    It shows correct answers only as far as `review` allows. seen: the corrections of its questions.
    """
    attempt, result = sitting.attempt, learner_views.result_of(sitting, now)
    return AttemptOut.model_validate(
        {
            "id": attempt.id,
            "project_id": attempt.project_id,
            "number": attempt.number,
            "started_at": attempt.started_at,
            "deadline_at": attempt.deadline_at,
            "now": now,
            "submitted_at": result.submitted_at if result else None,
            "hand_in": result.hand_in if result else None,
            "score": result.score if result else None,
            "passed": result.passed if result else None,
            "questions": [_question_out(each, sitting) for each in read_paper(attempt.paper)],
            "answers": [
                _answer_out(each.question_id, each.value, each.revision, each.saved_at)
                for each in sitting.answers.values()
            ],
            "review": None if review is None else [vars(each) for each in review],
            "regrades": [vars(each) for each in seen],
        }
    )


def _question_out(item: Item, sitting: Sitting) -> dict[str, object]:
    """Return a question of a paper as a dict. Objects took a fifth of the CPU time of a start."""
    question = sitting.questions[item.question_id]
    return {
        "id": question.id,
        "kind": question.kind,
        "text": question.text,
        "points": question.points,
        "picture_id": question.picture_id,
        "options": [{"id": each, "text": question.options[each]} for each in item.options],
    }


def _answer_out(question_id: uuid.UUID, value: object, revision: int, saved_at: datetime) -> AnswerOut:
    is_text = isinstance(value, str)
    return AnswerOut(
        question_id=question_id,
        options=None if is_text else value,
        text=value if is_text else None,
        revision=revision,
        saved_at=saved_at,
    )
