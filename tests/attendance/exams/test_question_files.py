"""The forms of question files, on questions of every shape: what is written reads back, and no text makes them fail."""

from hypothesis import given
from hypothesis import strategies as st

from attendance.exams.question_files import aiken, gift, workbook
from attendance.exams.questions import NewQuestion, find_fault
from models.exams import QuestionKind
from tests.fuzz.bounded import bounded

SPECIAL = "={}~#:\\\n%[]/$->心 aA.)|"
_CHARACTERS = st.sampled_from(SPECIAL) | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co"))
TEXTS = st.text(_CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)


@st.composite
def questions(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> NewQuestion:
    """A question that can be answered, with one point and no picture."""
    kind, text = draw(st.sampled_from(QuestionKind)), draw(texts)
    explanation = draw(st.none() | texts)
    if kind is QuestionKind.FILL:
        accepted = tuple(draw(st.lists(texts, min_size=1, max_size=4)))
        return NewQuestion(kind, text, accepted=accepted, explanation=explanation)
    if kind is QuestionKind.TRUE_FALSE:
        return NewQuestion(kind, text, correct=(draw(st.integers(0, 1)),), explanation=explanation)
    options = tuple(draw(st.lists(texts, min_size=2, max_size=6, unique=True)))
    most = len(options) if kind is QuestionKind.MULTIPLE else 1
    right = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))
    return NewQuestion(kind, text, options, tuple(sorted(right)), explanation=explanation)


@bounded(150)
@given(st.lists(questions(), min_size=1, max_size=4))
def test_gift_reads_back_what_it_wrote(wanted: list[NewQuestion]) -> None:
    findings = gift.read(gift.write(wanted))
    assert findings.faults == ()
    assert [each.question for each in findings.found] == wanted


@bounded(50)
@given(st.lists(questions(LINES.filter(lambda text: "|" not in text)), min_size=1, max_size=3))
def test_a_sheet_reads_back_what_it_wrote(wanted: list[NewQuestion]) -> None:
    findings = workbook.read(workbook.write(wanted), points=7, most=10)
    assert findings.faults == ()
    assert [each.question for each in findings.found] == wanted


@bounded(150)
@given(st.text(_CHARACTERS, max_size=80))
def test_any_text_gives_questions_that_can_be_answered_or_faults_with_lines(text: str) -> None:
    lines = text.count("\n") + 1
    for read in (gift.read, aiken.read):
        findings = read(text)
        assert findings.found or findings.faults
        assert all(1 <= fault.line <= lines for fault in findings.faults)
        if not findings.faults:
            assert [find_fault(each.question) for each in findings.found] == [None] * len(findings.found)


def test_the_lines_of_faults_are_those_of_the_file() -> None:
    text = "// one\n\n::a:: good {T}\n\n// four\n$CATEGORY: x\nbad {=a\n~b\n\n\nbad\ntoo\n"
    assert [(each.line, each.code) for each in gift.read(text).faults] == [
        (7, "braces_unbalanced"),
        (11, "answers_missing"),
    ]
    answers = "pairs {\n=a -> b\n=c -> d\n}"
    assert [(each.line, each.code) for each in gift.read(answers).faults] == [(2, "matching_unsupported")]
