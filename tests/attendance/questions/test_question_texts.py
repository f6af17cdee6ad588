"""What a learner reads of a text that a file has as HTML or Markdown, and what of it is refused."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.questions.question_files.html_texts import NotPlain
from attendance.questions.question_files.plain_texts import TextFormat, to_plain
from tests.fuzz.bounded import bounded

HTML, MARKDOWN, MOODLE, PLAIN = TextFormat.HTML, TextFormat.MARKDOWN, TextFormat.MOODLE, TextFormat.PLAIN

READ = [
    (HTML, "<p>成人<b>血钾</b>是？</p>", "成人血钾是？"),
    (HTML, "<p>3.5&ndash;5.5 mmol/L</p>", "3.5–5.5 mmol/L"),
    (HTML, "<p>一</p>\n<p>二<br>三<br/></p>", "一\n二\n三"),
    (HTML, "H<sub>2</sub>O 有 10<sup>3</sup> 个，x<sub>中</sub>、y<sup>AB</sup>", "H₂O 有 10³ 个，x_(中)、y^(AB)"),
    (HTML, "10<sup>3<p>次</p></sup>", "10³\n次"),
    (HTML, "<ol type='A' start=2><li>甲</li><li>乙<ul><li>丙</li></ul></li></ol>丁", "B. 甲\nC. 乙\n  - 丙\n丁"),
    (HTML, "<ol><li value=3>甲<li>乙</ol>", "3. 甲\n4. 乙"),
    (HTML, "a<o:p></o:p><!-- 批注 -->b<script>alert(1 < 2)</script><style>p {}</style>c", "abc"),
    (HTML, "Na<K 且 <Na+> 与 5<7", "Na<K 且 <Na+> 与 5<7"),
    (HTML, "A&B&nbsp;&#8804;&#x3b1; &copy 没有分号", "A&B ≤α &copy 没有分号"),
    (HTML, "<pre>  一\n    二</pre>", "一\n    二"),
    (HTML, "<q>引</q><a href='https://x.example/'>出处</a>", "“引”出处 (https://x.example/)"),
    (HTML, "<a href='https://x.example/'>https://x.example/</a>", "https://x.example/"),
    (MOODLE, "若 a<b 且 c>d，pH<7.35\n第二行", "若 a<b 且 c>d，pH<7.35\n第二行"),
    (MOODLE, "a<b>c", "a<b>c"),
    (MOODLE, "<p>一</p>\n<p>二\n三</p>", "一\n二\n三"),
    (MOODLE, "血钾 &lt; 3.5 为<b>低</b>", "血钾 < 3.5 为低"),
    (MARKDOWN, "**加粗**的 `码`\n下一行", "加粗的 码\n下一行"),
    (MARKDOWN, "1. 甲\n2. 乙\n\n> 引", "1. 甲\n2. 乙\n引"),
    (MARKDOWN, r"公式 \(a_1 + b_1\)、$$\frac{a*}{b*}$$ 与 \[x\]", r"公式 \(a_1 + b_1\)、$$\frac{a*}{b*}$$ 与 \[x\]"),
    (MARKDOWN, "5 < 7 & a_b_c 2*3", "5 < 7 & a_b_c 2*3"),
    (PLAIN, " <b>&lt;</b> **x** ", "<b>&lt;</b> **x**"),
]


@pytest.mark.parametrize(("form", "text", "wanted"), READ)
def test_a_text_is_what_a_learner_reads_of_it(form: TextFormat, text: str, wanted: str) -> None:
    assert to_plain(text, form) == wanted


@pytest.mark.parametrize(
    ("form", "text", "code"),
    [
        (HTML, "<table><tr><td>1</td></tr></table>", "table_unsupported"),
        (MARKDOWN, "|a|b|\n|-|-|\n|1|2|", "table_unsupported"),
        (MOODLE, "看图<img src='x.png'>", "picture_unsupported"),
        (MARKDOWN, "看图 ![心电图](x.png)", "picture_unsupported"),
        (HTML, "<video src='x'></video>", "media_unsupported"),
        (HTML, "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "media_unsupported"),
        (MARKDOWN, "*" * 1001, "too_many_marks"),
        (HTML, "<a href='@@PLUGINFILE@@/x.pdf'>附件</a>", "media_unsupported"),
    ],
)
def test_what_a_plain_text_cannot_show_is_refused(form: TextFormat, text: str, code: str) -> None:
    with pytest.raises(NotPlain) as refused:
        to_plain(text, form)
    assert refused.value.code == code


@bounded(200)
@given(st.text(st.sampled_from("<>/&;!-\"'=abip \n心1.`*_[]()|\\$") | st.characters(codec="utf-8"), max_size=60))
def test_no_text_breaks_the_reading_and_none_keeps_a_tag(text: str) -> None:
    for form in (HTML, MARKDOWN, MOODLE):
        try:
            read = to_plain(text.replace("\0", ""), form)
        except NotPlain:
            continue
        assert read == read.strip()
        assert "\0" not in read


PIECES = (
    "<a ", "<!--", '<a "', "<a href='", "&", "<sup>", "<ol><li>", "<p><b>", "[a](", "![", "*_", "$$", "\\(", "> ", "- ",
    "`a", "<a href=x>",
)  # fmt: skip


def test_no_text_of_the_longest_takes_longer_than_a_moment() -> None:
    for piece in PIECES:
        text = piece * (40_000 // len(piece))
        for form in (HTML, MARKDOWN, MOODLE):
            began = time.process_time()
            with suppress(NotPlain):
                to_plain(text, form)
            assert time.process_time() - began < 2, (piece, form)
