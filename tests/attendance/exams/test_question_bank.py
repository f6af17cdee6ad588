"""Question banks: one by one, from files and into files, with pictures."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from attendance.exams.question_files import reading, workbook
from models.edge import AuditEntry
from models.exams import Question
from service.api.exams import question_bank
from sheets.writing import xlsx_bytes
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, single

GIFT = """// 急诊题库
::Q1::心电图 P 波代表 {
=心房除极
~心室除极
~心室复极
####P 波是心房除极波
}

房颤可有心悸。{T}

肌钙蛋白升高见于{=心梗 =心肌梗死}。
"""
BROKEN = """::Q1::好的 {=a ~b}

没有括号

坏的 {=a ~b

数值 {#3}
"""


def send(who: Api, content: bytes | str, form: str, **more: str) -> Reply:
    file = (io.BytesIO(content if isinstance(content, bytes) else content.encode()), "questions")
    fields: dict[str, Any] = {"file": file, "form": form, "discipline": "急诊", **more}
    return who.call("POST", "/question-imports", data=fields, content_type="multipart/form-data")


def count(course: Course) -> int:
    return course.db.scalar(select(func.count()).select_from(Question).where(Question.retired_at.is_(None))) or 0


def exported(who: Api, form: str) -> bytes:
    reply = who.get("/question-bank/export", query_string={"form": form, "discipline": "急诊"})
    assert reply.status_code == 200
    assert "attachment" in reply.headers["Content-Disposition"]
    return reply.data


def test_a_new_question_is_on_the_audit_trail(course: Course) -> None:
    made = course.staff.post("/question-bank", {**single(1), "discipline": "急诊"}).json
    entry = course.db.scalars(select(AuditEntry).where(AuditEntry.action == "question.create")).one()
    assert (entry.subject_kind, str(entry.subject_id)) == ("question", made["id"])
    assert entry.after is not None
    assert entry.after["discipline"] == "急诊"


def test_questions_are_added_listed_by_discipline_and_taken_out(course: Course) -> None:
    made = [course.staff.post("/question-bank", {**single(n), "discipline": d}) for n, d in enumerate("甲乙甲")]
    assert [each.status_code for each in made] == [201] * 3
    assert made[0].json["correct"] == [0]
    listed = course.staff.get("/question-bank", query_string={"discipline": "甲"}).json["items"]
    assert listed == [made[2].json, made[0].json]
    first = course.staff.get("/question-bank?limit=2&kind=single").json
    rest = course.staff.get("/question-bank", query_string={"limit": 2, "cursor": first["next_cursor"]}).json
    assert first["items"] + rest["items"] == [each.json for each in reversed(made)]
    for _ in range(2):
        assert course.staff.delete(f"/question-bank/{made[0].json['id']}").status_code == 204
    assert course.staff.get("/question-bank", query_string={"discipline": "甲"}).json["items"] == [made[2].json]


def test_a_correction_takes_the_place_of_a_question_and_papers_keep_the_old_one(course: Course) -> None:
    wrong = course.staff.post("/question-bank", {**single(1, correct=[0]), "discipline": "急诊"}).json
    course.set_exam({"draws": [{"discipline": "急诊", "count": 1}], "pause_minutes": 0, "attempts": 2})
    li = course.learner("li")
    attempt = course.start(li).json
    path, right = f"/question-bank/{wrong['id']}/corrections", single(1, explanation="更正")
    made = course.staff.post(path, right)
    assert (made.status_code, made.json["replaces_id"], made.json["correct"]) == (201, wrong["id"], [1])
    assert made.json["discipline"] == "急诊"
    assert course.staff.get("/question-bank").json["items"] == [made.json]
    assert li.get(f"/exam-attempts/{attempt['id']}").json["questions"] == attempt["questions"]
    chosen = next(each["id"] for each in attempt["questions"][0]["options"] if each["text"] == wrong["options"][0])
    li.put(f"/exam-attempts/{attempt['id']}/answers/{wrong['id']}", {"options": [chosen]})
    assert li.post(f"/exam-attempts/{attempt['id']}/submission").json["score"] == 100  # by what was asked
    assert [each["id"] for each in course.start(li).json["questions"]] == [made.json["id"]]
    assert code_of(course.staff.post(path, right)) == (409, "question_retired")
    again = course.staff.post(f"/question-bank/{made.json['id']}/corrections", {**right, "discipline": "心内"})
    assert (again.json["replaces_id"], again.json["discipline"]) == (made.json["id"], "心内")


def test_a_correction_that_cannot_be_leaves_the_question_in_the_bank(course: Course) -> None:
    made = course.staff.post("/question-bank", {**single(1), "discipline": "急诊"}).json
    path = f"/question-bank/{made['id']}/corrections"
    assert code_of(course.staff.post(path, single(1, correct=[0, 1]))) == (422, "question_invalid")
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    assert code_of(stranger.post(path, single(2))) == (403, "forbidden")
    assert course.staff.get("/question-bank").json["items"] == [made]
    replies = at_once(4, lambda: course.staff.post(path, single(2)))
    assert sorted(each.status_code for each in replies) == [201, 409, 409, 409]


def test_a_file_that_is_taken_back_takes_what_corrected_it_along(course: Course) -> None:
    batch = send(course.staff, GIFT, "gift").json
    first = course.staff.get("/question-bank").json["items"][0]
    course.staff.post(f"/question-bank/{first['id']}/corrections", single(1))
    assert course.staff.delete(f"/question-imports/{batch['id']}").status_code == 204
    assert course.staff.get("/question-bank").json["items"] == []


def test_banks_are_read_from_below_and_written_within_reach(course: Course) -> None:
    above = course.api.as_(course.make.organizer(course.make.province))
    content = {**single(1), "discipline": "急诊"}
    made = above.post("/question-bank", content).json
    assert made in course.staff.get("/question-bank").json["items"]
    assert code_of(course.staff.delete(f"/question-bank/{made['id']}")) == (403, "forbidden")
    province = {**content, "unit_id": str(course.make.province.id)}
    assert code_of(course.staff.post("/question-bank", province)) == (403, "forbidden")
    own = course.staff.post("/question-bank", content).json
    assert own in above.get("/question-bank").json["items"]
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    assert own not in stranger.get("/question-bank").json["items"]
    li = course.learner("li")
    for reply in (li.get("/question-bank"), li.get("/question-bank/export"), li.post("/question-bank", content)):
        assert code_of(reply) == (403, "forbidden")
    missing = "01900000-0000-7000-8000-000000000000"
    assert code_of(course.staff.delete(f"/question-bank/{missing}")) == (404, "not_found")
    assert code_of(course.staff.delete(f"/question-imports/{missing}")) == (404, "not_found")


def test_a_question_of_an_exam_alone_is_in_no_bank(course: Course) -> None:
    course.set_exam()
    assert course.staff.get("/question-bank").json["items"] == []
    question = course.staff.get(f"/projects/{course.id}/exam/paper").json["questions"][0]["id"]
    assert code_of(course.staff.delete(f"/question-bank/{question}")) == (404, "not_found")


def test_a_gift_file_is_taken_in_as_a_whole_and_taken_back_as_a_whole(course: Course) -> None:
    made = send(course.staff, GIFT, "gift", points="3")
    assert (made.status_code, made.json["questions"]) == (201, 3)
    fill, truth, choice = course.staff.get("/question-bank").json["items"]
    assert (choice["text"], choice["options"], choice["correct"]) == (
        "心电图 P 波代表",
        ["心房除极", "心室除极", "心室复极"],
        [0],
    )
    assert (choice["explanation"], choice["points"], choice["discipline"]) == ("P 波是心房除极波", 3, "急诊")
    assert (truth["kind"], truth["correct"]) == ("true_false", [0])
    assert (fill["text"], fill["accepted"]) == ("肌钙蛋白升高见于 ____ 。", ["心梗", "心肌梗死"])
    assert {each["import_id"] for each in (fill, truth, choice)} == {made.json["id"]}
    for _ in range(2):
        assert course.staff.delete(f"/question-imports/{made.json['id']}").status_code == 204
    assert course.staff.get("/question-bank").json["items"] == []


def test_a_file_with_errors_is_422_names_each_line_and_changes_nothing(course: Course) -> None:
    refused = send(course.staff, BROKEN, "gift")
    assert code_of(refused) == (422, "questions_unreadable")
    told = {name: [each["code"] for each in found] for name, found in refused.json["errors"].items()}
    assert told == {"file.3": ["answers_missing"], "file.5": ["braces_unbalanced"], "file.7": ["number_unsupported"]}
    assert count(course) == 0


FILES: list[tuple[str, bytes, str]] = [
    ("gift", b"", "no_questions"),
    ("gift", b"// nothing\n", "no_questions"),
    ("gift", b"\xff\xfe\x00", "not_text"),
    ("gift", "问答 {}".encode(), "essay_unsupported"),
    ("gift", "配对 {=a -> b =c -> d}".encode(), "matching_unsupported"),
    ("gift", "两个 {=a =b ~c}".encode(), "several_right_without_weights"),
    ("gift", "没有 {~a ~b}".encode(), "correct_invalid"),
    ("gift", "重复 {=a ~a}".encode(), "options_invalid"),
    ("gift", "空的 {= ~a}".encode(), "answer_empty"),
    ("gift", "部分 {=%50%a =b}".encode(), "partial_credit_unsupported"),
    ("gift", "半对 {=a ~%50%b ~c}".encode(), "partial_credit_unsupported"),
    ("gift", "多于全对 {~%100%a ~%50%b ~c}".encode(), "weights_unsupported"),
    ("gift", "倒扣分 {=a ~%-25%b}".encode(), "penalty_unsupported"),
    ("gift", "任意 {=心*}".encode(), "wildcard_unsupported"),
    ("gift", b"[html]<table><tr><td>1</table>{T}", "table_unsupported"),
    ("gift", "看图 <img src=x.png>{T}".encode(), "picture_unsupported"),
    ("gift", b"{=a ~[html]<audio></audio>}", "media_unsupported"),
    ("gift", ("长" * 40_001 + "{T}").encode(), "question_too_long"),
    ("gift", "// [picture:------------------------------------]\n对 {T}".encode(), "picture_unknown"),
    ("gift", "标记 {a ~b}".encode(), "answer_mark_missing"),
    ("gift", b"Q {" + b"~a" * 1000 + b"=b}", "too_many_answers"),
    ("gift", b"::title {T}", "title_unclosed"),
    ("gift", b"{T}", "text_invalid"),
    ("aiken", b"Q\nA. a\nANSWER: A", "options_missing"),
    ("aiken", b"Q\nA. a\nB. b", "answer_line_missing"),
    ("aiken", b"Q\nA. a\nC. b\nANSWER: A", "option_out_of_order"),
    ("aiken", b"Q\nA. a\nB. b\nANSWER: C", "answer_unknown"),
    (
        "aiken",
        b"Q\n" + b"".join(b"%c. x\n" % (65 + n % 26) for n in range(30)) + b"ANSWER: A",
        "option_out_of_order",
    ),
    ("aiken", b"ANSWER: C", "text_missing"),
]


@pytest.mark.parametrize(("form", "content", "code"), FILES)
def test_what_is_wrong_in_a_file_is_told(course: Course, form: str, content: bytes, code: str) -> None:
    for language in ("zh-CN", "en"):
        course.staff.call("GET", "/me", headers={"Accept-Language": language})
        refused = send(course.staff, content, form)
        assert code_of(refused) == (422, "questions_unreadable")
        assert code in [each["code"] for found in refused.json["errors"].values() for each in found]
    assert count(course) == 0


def test_a_file_of_windows_in_chinese_is_read_too(course: Course) -> None:
    assert send(course.staff, GIFT.encode("gb18030"), "gift").status_code == 201
    assert send(course.staff, GIFT.replace("\n", "\r\n").encode("utf-8-sig"), "gift").status_code == 201
    texts = [each["text"] for each in course.staff.get("/question-bank").json["items"]]
    assert texts[:3] == texts[3:]


@pytest.mark.parametrize("form", ["gift", "xlsx"])
def test_what_is_exported_reads_back_as_the_same(course: Course, form: str) -> None:
    hard = {"text": "等于 = 波浪 ~ 花括 { } 井 # 冒号 : 反斜 \\ 结束\n第二行", "explanation": "因为 = ~ #"}
    kinds: list[dict[str, Any]] = [
        single(1, **hard), single(2, kind="multiple", correct=[0, 2]), single(3, kind="multiple", correct=[1]),
        {"kind": "true_false", "text": "对吗", "correct": [1]},
        {"kind": "fill", "text": "填", "accepted": ["=1", "~2"]},
    ]  # fmt: skip
    for each in kinds:
        assert course.staff.post("/question-bank", {**each, "discipline": "急诊"}).status_code == 201
    before = course.staff.get("/question-bank").json["items"]
    content = exported(course.staff, form)
    for each in before:
        course.staff.delete(f"/question-bank/{each['id']}")
    assert send(course.staff, content, form).status_code == 201
    facts = ("kind", "text", "options", "correct", "accepted", "explanation", "points", "discipline")
    after = course.staff.get("/question-bank").json["items"]
    assert [[each[name] for name in facts] for each in after] == [[each[name] for name in facts] for each in before]


def test_a_file_that_would_lack_some_questions_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert send(course.staff, GIFT, "gift").status_code == 201
    monkeypatch.setattr(question_bank, "_MOST_EXPORTED", 2)
    whole = course.staff.get("/question-bank/export")
    assert code_of(whole) == (422, "too_many_to_export")
    assert course.staff.get("/question-bank/export?kind=fill").status_code == 200


def test_aiken_holds_single_choices_alone(course: Course) -> None:
    aiken = "P 波代表\nA. 心房除极\nB) 心室除极\nANSWER: A\n\n第二题\nA. x\nB. y\nANSWER: b\n"
    assert send(course.staff, aiken, "aiken").json["questions"] == 2
    course.staff.post("/question-bank", {"kind": "fill", "text": "填", "accepted": ["x"], "discipline": "急诊"})
    written = exported(course.staff, "aiken").decode()
    assert written == aiken.replace("B) ", "B. ").replace("ANSWER: b", "ANSWER: B")


TABLE: list[tuple[dict[str, Any], str, str]] = [
    ({workbook.KIND: "问答"}, workbook.KIND, "kind_unknown"),
    ({workbook.ANSWER: "E"}, workbook.ANSWER, "answer_unknown"),
    ({workbook.ANSWER: ""}, workbook.ANSWER, "answer_unknown"),
    ({workbook.ANSWER: "AB"}, workbook.ANSWER, "correct_invalid"),
    ({workbook.POINTS: "两分"}, workbook.POINTS, "points_unreadable"),
    ({workbook.POINTS: "0"}, workbook.POINTS, "points_invalid"),
    ({workbook.TEXT: ""}, workbook.TEXT, "text_invalid"),
    ({"选项B": ""}, "选项A", "options_invalid"),
    (
        {workbook.KIND: "判断", workbook.ANSWER: "也许", "选项A": "", "选项B": "", "选项C": ""},
        workbook.ANSWER,
        "answer_unknown",
    ),
    ({workbook.KIND: "判断"}, "选项A", "true_false_options_unknown"),
    (
        {workbook.KIND: "判断", "选项A": "对", "选项B": "正确", "选项C": ""},
        "选项A",
        "true_false_options_unknown",
    ),
    ({workbook.KIND: "填空", workbook.ANSWER: " | "}, workbook.ANSWER, "accepted_invalid"),
]


@pytest.mark.parametrize(("changed", "column", "code"), TABLE)
def test_a_bad_cell_of_a_sheet_is_named_by_row_and_column(
    course: Course, changed: dict[str, Any], column: str, code: str
) -> None:
    good = {workbook.KIND: "单选", workbook.TEXT: "?", "选项A": "a", "选项B": "b", "选项C": "c", workbook.ANSWER: "A"}
    rows = [[row.get(title) for title in workbook.COLUMNS] for row in (good, {**good, **changed})]
    refused = send(course.staff, xlsx_bytes(workbook.COLUMNS, rows), "xlsx")
    assert code_of(refused) == (422, "questions_unreadable")
    assert {name: each[0]["code"] for name, each in refused.json["errors"].items()} == {f"file.3.{column}": code}
    assert count(course) == 0


@pytest.mark.parametrize(
    ("options", "answer", "right"),
    [
        (("正确", "错误"), "A", 0), (("错误", "正确"), "A", 1), (("错误", "正确"), "b", 0), (("错", "对"), "错", 1),
        (("×", "√"), "B", 0), (("F", "T"), "T", 0), ((), "A", 0), ((), "B", 1), ((), "×", 1),
    ],
)  # fmt: skip
def test_the_letter_of_a_true_false_question_is_looked_up_in_its_options(
    course: Course, options: tuple[str, ...], answer: str, right: int
) -> None:
    titles = [workbook.KIND, workbook.TEXT, *workbook.OPTIONS[: len(options)], workbook.ANSWER]
    sheet = xlsx_bytes(titles, [["判断题", "水在 100℃ 沸腾", *options, answer]])
    assert send(course.staff, sheet, "xlsx").status_code == 201
    (question,) = course.staff.get("/question-bank").json["items"]
    assert (question["options"], question["correct"]) == (["正确", "错误"], [right])


def test_what_is_no_table_or_too_large_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(send(course.staff, b"PK\x03\x04 broken", "xlsx")) == (422, "sheet_broken")
    assert code_of(send(course.staff, xlsx_bytes(["题干"], [["?"]]), "xlsx")) == (422, "column_missing")
    assert send(course.staff, "题型,题干,答案\n判断,对吗,对\n", "xlsx").status_code == 201  # CSV
    assert count(course) == 1
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert code_of(send(course.staff, GIFT, "gift")) == (422, "questions_unreadable")


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), turned: int = 1) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    exif = image.getexif()
    exif[0x010E] = "患者姓名"  # a description that must not stay
    exif[0x0112] = turned
    image.save(out, form, exif=exif)
    return out.getvalue()


def upload(who: Api, content: bytes, **more: str) -> Reply:
    fields: dict[str, Any] = {"picture": (io.BytesIO(content), "x.png"), **more}
    return who.call("POST", "/question-pictures", data=fields, content_type="multipart/form-data")


def test_a_picture_is_drawn_anew_and_shown_on_ones_own_paper(course: Course) -> None:
    made = upload(course.staff, picture("JPEG", (3000, 200)))
    assert made.status_code == 201
    shown = course.staff.get(f"/question-pictures/{made.json['id']}")
    drawn = Image.open(io.BytesIO(shown.data))
    assert (shown.mimetype, drawn.format, drawn.width) == ("image/png", "PNG", 1600)
    assert "患者姓名".encode() not in shown.data
    assert not drawn.getexif()
    course.set_exam(questions=[single(0, picture_id=made.json["id"]), single(1)])
    li, other = course.learner("li"), course.learner("other")
    attempt = course.start(li).json
    with_one, without = sorted(attempt["questions"], key=lambda each: each["picture_id"] is None)

    def ask(who: Api, question: dict[str, Any]) -> Reply:
        return who.get(f"/exam-attempts/{attempt['id']}/pictures/{question['id']}")

    assert ask(li, with_one).data == shown.data
    assert code_of(ask(li, without)) == (404, "not_found")
    assert code_of(ask(other, with_one)) == (404, "not_found")
    assert code_of(li.get(f"/question-pictures/{made.json['id']}")) == (403, "forbidden")
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    assert code_of(stranger.get(f"/question-pictures/{made.json['id']}")) == (404, "not_found")
    named = f"// [picture:{made.json['id']}]\n对 {{T}}\n"
    assert send(stranger, named, "gift").status_code == 422
    assert send(course.staff, named, "gift").status_code == 201
    assert course.staff.get("/question-bank").json["items"][0]["picture_id"] == made.json["id"]
    theirs = {**single(0), "discipline": "急诊", "picture_id": made.json["id"]}
    assert code_of(stranger.post("/question-bank", theirs)) == (422, "question_invalid")
    assert course.staff.post("/question-bank", theirs).status_code == 201


def test_a_picture_that_a_phone_took_sideways_stands_upright(course: Course) -> None:
    made = upload(course.staff, picture("JPEG", (40, 30), turned=6))
    drawn = Image.open(io.BytesIO(course.staff.get(f"/question-pictures/{made.json['id']}").data))
    assert drawn.size == (30, 40)


def test_what_is_no_picture_is_refused(course: Course) -> None:
    assert code_of(upload(course.staff, b"hello")) == (415, "photo_unsupported")
    assert code_of(upload(course.staff, picture()[:60])) == (422, "photo_broken")
    assert code_of(upload(course.staff, picture("GIF"))) == (415, "photo_unsupported")
    assert code_of(upload(course.staff, picture(size=(5000, 5000)))) == (413, "photo_too_many_pixels")
    bomb = bytearray(picture())
    bomb[16:24] = (30_000).to_bytes(4, "big") * 2  # what the head of a PNG says of its size
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    assert code_of(upload(course.staff, bytes(bomb))) == (413, "photo_too_many_pixels")
    assert code_of(upload(course.learner("li"), picture())) == (403, "forbidden")
