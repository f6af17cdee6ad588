"""Bodies of the catalogues of error codes and of words, in both languages."""

from pydantic import Field

from service.edge.answers.bodies import Out


class WordOut(Out):
    """A word or a short text in both languages."""

    zh: str
    en: str


class WordsOut(Out):
    """The words by the name of the enum, as this document has it, and by its value."""

    vocabularies: dict[str, dict[str, WordOut]]


class ProblemKindOut(Out):
    """An error code. title: what is wrong; hint: what the person can do next."""

    code: str
    status: int = Field(ge=400, lt=600)
    title: WordOut
    hint: WordOut


class ProblemKindList(Out):
    """All error codes, in alphabetical order."""

    items: list[ProblemKindOut]
