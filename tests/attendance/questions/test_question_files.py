"""The forms of question files, on questions of every shape: what is written reads back, and no text makes them fail."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.questions.question_files import aiken, gift, gift_writing, workbook
from attendance.questions.question_files.findings import without_repeated
from attendance.questions.questions import NewQuestion, find_fault, normalized
from models.exams import QuestionKind
from tests.fuzz.bounded import bounded

SPECIAL = "={}~#:\\\n%[]/$->心 aA.)|"
_CHARACTERS = st.sampled_from(SPECIAL) | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Co"))
TEXTS = st.text(_CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = TEXTS.map(lambda text: " ".join(text.split())).filter(bool)

_PLAIN = st.decimals(-1000, 1000, places=3).map(str)
NUMBERS = (
    _PLAIN | st.builds("{}±{}".format, _PLAIN, st.integers(0, 9)) | st.builds("{}..{}".format, _PLAIN, st.just("1e9"))
)


@st.composite
def questions(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> NewQuestion:
    """A question that can be answered."""
    kind, text, points = draw(st.sampled_from(QuestionKind)), draw(texts), draw(st.integers(1, 100))
    more: dict[str, Any] = {
        "explanation": draw(st.none() | texts), "points": points, "picture_id": draw(st.none() | st.uuids()),
    }  # fmt: skip
    if kind is QuestionKind.FILL:
        accepted = tuple(draw(st.lists(texts, min_size=1, max_size=4)))
        return NewQuestion(kind, text, accepted=accepted, **more)
    if kind is QuestionKind.NUMBER:
        accepted = tuple(draw(st.lists(NUMBERS, min_size=1, max_size=4, unique=True)))
        return NewQuestion(kind, text, accepted=accepted, **more)
    if kind is QuestionKind.TRUE_FALSE:
        return NewQuestion(kind, text, correct=(draw(st.integers(0, 1)),), **more)
    options = tuple(draw(st.lists(texts, min_size=2, max_size=6, unique=True)))
    most = len(options) if kind is QuestionKind.MULTIPLE else 1
    right = draw(st.sets(st.integers(0, len(options) - 1), min_size=1, max_size=most))
    return NewQuestion(kind, text, options, tuple(sorted(right)), **more)


@bounded(150)
@given(st.lists(questions(), min_size=1, max_size=4))
def test_gift_reads_back_what_it_wrote(wanted: list[NewQuestion]) -> None:
    findings = gift.read(gift_writing.write(wanted))
    assert findings.faults == ()
    assert [each.question for each in findings.found] == wanted


@bounded(50)
@given(st.lists(questions(), min_size=1, max_size=3))
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
    both = "先\n一题没有答案\nA. a\nB. b\n第二题\nA. a\nB. b\nANSWER: B\n"
    found = aiken.read(both)
    assert [(each.line, each.code) for each in found.faults] == [(1, "answer_line_missing")]
    assert [(each.line, each.question.correct) for each in found.found] == [(5, (1,))]


CHOICE = QuestionKind.SINGLE
TEXT_OF_MOODLE: list[tuple[str, str, tuple[str, ...]]] = [
    (
        r"公式 \(\frac\{a\}\{b\}\)？{=C:\data\test ~D:\backup}",
        r"公式 \(\frac{a}{b}\)？",
        (r"C:\data\test", r"D:\backup"),
    ),
    (r"\\(\\alpha\\)\n下一行 \~\=\#\:{=a\\\=b ~c}", "\\(\\alpha\\)\n下一行 ~=#:", (r"a\=b", "c")),
    ("第一行\n  第二行 {=a\n b ~c}", "第一行\n第二行", ("a\nb", "c")),
    ("[plain]选出正确的：{=[plain]甲 ~[html]<b>乙</b>}", "选出正确的：", ("甲", "乙")),
    ("[html]<p>K<sup>+</sup>？</p>{=<p>3.5&ndash;5.5</p> ~[plain]<p>}", "K⁺？", ("3.5–5.5", "<p>")),
    ("选 [html] 还是 [plain]？{=[html ~[x]}", "选 [html] 还是 [plain]？", ("[html", "[x]")),
    ("[markdown]**甲** {=*一* ~二} 结尾", "甲 ____ 结尾", ("一", "二")),
]


@pytest.mark.parametrize(("text", "wanted", "options"), TEXT_OF_MOODLE)
def test_escapes_and_formats_of_moodle_are_read_and_everything_else_stays(
    text: str, wanted: str, options: tuple[str, ...]
) -> None:
    findings = gift.read(text)
    assert [each.question for each in findings.found] == [NewQuestion(CHOICE, wanted, options, (0,))]


@pytest.mark.parametrize(
    ("answers", "right"),
    [
        ("~%50%甲 ~%50%乙 ~%-50%丙", (0, 1)),
        ("~%100%甲 ~乙", (0,)),
        ("~%33%甲 ~%33.33333%乙 ~%33.333%丙 ~%-100%丁", (0, 1, 2)),
        ("~%-100%甲 ~%16.66667%乙 ~%16.6%丙 ~%16.7%丁 ~%17%戊 ~%17%己 ~%17%庚", (1, 2, 3, 4, 5, 6)),
        ("~%100%甲 ~%50%乙 ~丙", None),
        ("~%60%甲 ~%60%乙 ~%-100%丙", None),
        ("~%50%甲 ~%25%乙 ~%25%丙", None),
        ("~%40%甲 ~%40%乙", None),
        ("~%-50%甲 ~乙", ()),
    ],
)
def test_weights_are_taken_only_where_they_mean_the_same_here(answers: str, right: tuple[int, ...] | None) -> None:
    findings = gift.read(f"题{{{answers}}}")
    if right:
        assert [(each.question.kind, each.question.correct) for each in findings.found] == [
            (QuestionKind.MULTIPLE, right)
        ]
    else:
        code = "weights_unsupported" if right is None else "correct_invalid"
        assert [(each.line, each.code) for each in findings.faults] == [(1, code)]
        assert findings.found == ()


@pytest.mark.parametrize(
    ("answers", "is_left_out"),
    [
        ("=x#很好 ~y", True), ("T#错在这里", True), ("T##对", True), ("#3#很好", True), ("#3 ~#再想想", True),
        ("=x ~y####解析", False), ("=x# ~y#", False), ("=%100%x#", False), ("#3", False), ("=x\\#1 ~y", False),
    ],
)  # fmt: skip
def test_feedback_on_single_answers_is_left_out_and_noticed(answers: str, is_left_out: bool) -> None:
    (found,) = gift.read(f"题{{{answers}}}").found
    assert found.noticed == (("feedback_left_out",) if is_left_out else ())


def test_lines_may_end_as_on_any_system() -> None:
    text = "甲{\n=a\n~b\n}\n\n坏的\n"
    for end in ("\r\n", "\r"):
        assert gift.read(text.replace("\n", end)) == gift.read(text)
    assert aiken.read("甲\rA. a\rB. b\rANSWER: A\r").found[0].question.options == ("a", "b")


def test_a_question_that_stands_there_before_is_an_error_and_one_with_another_key_too() -> None:
    text = "甲{=a ~b}\n\n甲{~b =a}\n\n甲{~a =b}\n\n对吗{T}\n\n对吗{F}\n\n空{=x}\n\n空{=y}\n"
    findings = without_repeated(gift.read(text))
    assert [each.line for each in findings.found] == [1, 7, 11, 13]
    assert [(each.line, each.code) for each in findings.faults] == [
        (3, "question_repeated"),
        (5, "key_contradicts"),
        (9, "key_contradicts"),
    ]


@bounded(50)
@given(st.lists(questions(LINES), min_size=1, max_size=3))
def test_aiken_reads_back_what_it_wrote(wanted: list[NewQuestion]) -> None:
    held = [each for each in wanted if each.kind in aiken.KINDS]
    findings = aiken.read(aiken.write(wanted))
    assert [(each.question.text, each.question.options, each.question.correct) for each in findings.found] == [
        (each.text, normalized(each).options, each.correct) for each in held
    ]
