"""The catalogues of error codes, and of the words behind codes, for clients that show them in both languages."""

import hashlib
from typing import cast

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel

from service.api.operations.schemas.words import ProblemKindList, ProblemKindOut, WordOut, WordsOut
from service.edge.access import public
from service.edge.answers.problem_catalogue import PROBLEMS
from service.edge.answers.refusals import refuses, tells
from service.edge.calls import PublicCall
from service.wording.vocabulary import VOCABULARY

api = APIBlueprint("words", __name__, tag="Operations")
_AS_IT_WAS = {304: "As it was: the same ETag came in If-None-Match"}


@api.get("/words")
@public
@refuses()
@tells("ETag")
@api.output(WordsOut)
@api.doc(responses=_AS_IT_WAS)
def list_words(call: PublicCall) -> Response:
    """Show the words behind statuses, levels, roles, reasons, advice and other codes, in Chinese and English.

    They change only with the version of the service, so a client keeps them with their ETag.
    """
    vocabularies = {
        name: {value: WordOut(zh=chinese, en=english) for value, (chinese, english) in words.items()}
        for name, words in VOCABULARY.items()
    }
    return _lasting(WordsOut(vocabularies=vocabularies))


@api.get("/problems")
@public
@refuses()
@tells("ETag")
@api.output(ProblemKindList)
@api.doc(responses=_AS_IT_WAS)
def list_problems(call: PublicCall) -> Response:
    """Show all error codes with status, title and hint, in Chinese and English. `/api/problems` is a page of them."""
    kinds = [
        ProblemKindOut(
            code=code,
            status=kind.status,
            title=WordOut(zh=kind.title_zh, en=kind.title_en),
            hint=WordOut(zh=kind.hint_zh, en=kind.hint_en),
        )
        for code, kind in sorted(PROBLEMS.items())
    ]
    return _lasting(ProblemKindList(items=kinds))


def _lasting(body: BaseModel) -> Response:
    """Return an answer that is the same for everybody and may be kept for an hour."""
    text = body.model_dump_json()
    response = Response(text, content_type="application/json")
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, max-age=3600"
    return cast(Response, response.make_conditional(request))
