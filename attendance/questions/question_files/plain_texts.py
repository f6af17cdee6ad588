"""Texts of questions as learners read them: plain, with line breaks, whatever format the file has them in.

What a plain text can't show (a table, a picture, a film) raises NotPlain, so that nothing is lost without a word.
"""

import enum
import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from attendance.questions.question_files.html_texts import NotPlain, of_html, of_moodle


class TextFormat(enum.StrEnum):
    """How a text of a file is written, by the word that Moodle writes in front of it."""

    PLAIN = "plain"
    HTML = "html"
    MARKDOWN = "markdown"
    MOODLE = "moodle"


def to_plain(text: str, form: TextFormat) -> str:
    """Return a text of a file as plain text. Raises NotPlain."""
    match form:
        case TextFormat.PLAIN:
            return text.strip()
        case TextFormat.HTML:
            return of_html(text)
        case TextFormat.MARKDOWN:
            if len(_MARKS.findall(text)) > _MOST_MARKS:
                raise NotPlain("too_many_marks")
            return of_html(_MARKDOWN.render(text))
        case TextFormat.MOODLE:
            return of_moodle(text)


_MARKS = re.compile(r"[*_\[\]!`~<>\\$()|]")
_MOST_MARKS = 1000  # the time for a text of Markdown grows with their square
_FORMULA = re.compile(r"\\\(.{1,2000}?\\\)|\\\[.{1,2000}?\\\]|\$\$.{1,2000}?\$\$", re.DOTALL)


def _keep_formula(state: StateInline, is_silent: bool) -> bool:
    """Take a formula of LaTeX as it is: Markdown would eat its backslashes and take its underscores for emphasis."""
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not is_silent:
        state.push("text", "", 0).content = found[0]
    state.pos = found.end()
    return True


_MARKDOWN = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])
_MARKDOWN.inline.ruler.before("escape", "formula", _keep_formula)
