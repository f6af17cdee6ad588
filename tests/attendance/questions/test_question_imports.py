"""Files of questions: what they are read as, what is refused by line, and their way into the bank and out of it."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from attendance.questions.question_files import reading, workbook
from models.edge import AuditEntry
from models.exams import Question
from models.question_imports import QuestionImport, QuestionImportRow
from sheets.writing import xlsx_bytes
from tests.attendance.check_in.checking_in import code_of
from tests.attendance.courses import Course
from tests.attendance.questions.question_files import GIFT, send, take

WHY = {"reason": "传错了文件"}
BROKEN = """::Q1::好的 {=a ~b}

没有括号

坏的 {=a ~b

配对 {=a -> b =c -> d}

好的 {~b =a}
"""


def count(course: Course) -> int:
    return course.db.scalar(select(func.count()).select_from(Question).where(Question.retired_at.is_(None))) or 0


def test_a_file_is_shown_first_then_taken_into_the_bank_once_and_taken_back_as_a_whole(course: Course) -> None:
    read = send(course.staff, GIFT, "gift", points="3")
    assert (read.status_code, read.json["status"], read.json["count"], read.json["refused"]) == (201, "checked", 3, 0)
    assert [each["line"] for each in read.json["questions"]] == [2, 9, 11]
    assert course.staff.get("/question-bank").json["items"] == []
    path = f"/question-imports/{read.json['id']}"
    assert code_of(course.staff.post(f"{path}/undo", WHY)) == (409, "import_not_committed")
    made = course.staff.post(f"{path}/commit")
    assert (made.status_code, made.json["status"], made.json["outcomes"]) == (200, "committed", {"added": 3})
    assert course.staff.post(f"{path}/commit").json == made.json
    fill, truth, choice = course.staff.get("/question-bank").json["items"]
    assert (choice["text"], choice["options"], choice["correct"]) == (
        "心电图 P 波代表",
        ["心房除极", "心室除极", "心室复极"],
        [0],
    )
    assert (choice["explanation"], choice["points"], choice["discipline"]) == ("P 波是心房除极波", 3, "急诊")
    assert (truth["kind"], truth["correct"]) == ("true_false", [0])
    assert (fill["text"], fill["accepted"]) == ("肌钙蛋白升高见于 ____ 。", ["心梗", "心肌梗死"])
    assert {each["import_id"] for each in (fill, truth, choice)} == {read.json["id"]}
    names = ("kind", "text", "options", "correct", "accepted", "points", "explanation")
    for shown, kept in zip(made.json["questions"], (choice, truth, fill), strict=True):
        assert {name: shown[name] for name in names} == {name: kept[name] for name in names}
        assert (shown["outcome"], shown["question_id"]) == ("added", kept["id"])
    for _ in range(2):
        undone = course.staff.post(f"{path}/undo", WHY)
        assert (undone.status_code, undone.json["status"], undone.json["outcomes"]) == (200, "undone", {"undone": 3})
    assert undone.json["undo_reason"] == WHY["reason"]
    assert course.staff.get("/question-bank").json["items"] == []
    assert code_of(course.staff.post(f"{path}/commit")) == (409, "import_undone")
    assert course.staff.get(path).json == undone.json
    wanted = select(AuditEntry.action, AuditEntry.reason).where(AuditEntry.action.startswith("question_import"))
    assert [tuple(each) for each in course.db.execute(wanted.order_by(AuditEntry.id))] == [
        ("question_import.preview", None),
        ("question_import.commit", None),
        ("question_import.undo", WHY["reason"]),
    ]


def test_what_is_refused_is_told_by_line_and_the_commit_takes_the_others(course: Course) -> None:
    read = send(course.staff, BROKEN, "gift").json
    assert [(each["line"], each["row"], each["code"]) for each in read["errors"]] == [
        (3, None, "answers_missing"),
        (5, None, "braces_unbalanced"),
        (7, None, "matching_unsupported"),
        (9, None, "question_repeated"),
    ]
    assert all(each["message"] for each in read["errors"])
    assert [each["text"] for each in read["questions"]] == ["好的"]
    path = f"/question-imports/{read['id']}"
    rows = course.staff.get(f"/question-imports/{read['id']}/rows").json["items"]
    assert [(each["number"], each["question"] is None) for each in rows] == [
        (1, False), (3, True), (5, True), (7, True), (9, True),
    ]  # fmt: skip
    first = course.staff.get(f"{path}/rows?only_bad=true&limit=3").json
    rest = course.staff.get(f"{path}/rows?only_bad=true&cursor={first['next_cursor']}").json
    assert [each["number"] for each in first["items"] + rest["items"]] == [3, 5, 7, 9]
    assert course.staff.post(f"{path}/commit").json["outcomes"] == {"added": 1}
    assert count(course) == 1
    columns = [workbook.KIND, workbook.TEXT, "选项A", "选项B", workbook.ANSWER]
    sheet = xlsx_bytes(columns, [["单选", "一", "a", "b", "A"], ["问答", "二", "a", "b", "A"]])
    (error,) = send(course.staff, sheet, "xlsx").json["errors"]
    assert (error["line"], error["row"], error["column"], error["code"]) == (None, 3, workbook.KIND, "kind_unknown")


def test_a_question_that_the_bank_has_already_is_told_and_left_out(course: Course) -> None:
    assert take(course.staff, "甲{=a ~b}\n\n对吗{T}\n", "gift").json["outcomes"] == {"added": 2}
    again = "甲{~b =a}\n\n对吗{F}\n\n乙{=a ~b}\n"
    read = send(course.staff, again, "gift").json
    told = [[each["code"] for each in question["warnings"]] for question in read["questions"]]
    assert told == [["already_in_bank"], ["other_key_in_bank"], []]
    made = course.staff.post(f"/question-imports/{read['id']}/commit").json
    assert [each["outcome"] for each in made["questions"]] == ["already", "added", "added"]
    course.staff.post(f"/question-imports/{read['id']}/undo", WHY)
    assert sorted(each["text"] for each in course.staff.get("/question-bank").json["items"]) == ["对吗", "甲"]
    assert take(course.staff, again, "gift", discipline="心内").json["outcomes"] == {"added": 3}


def test_imports_are_listed_for_those_who_organize_for_the_unit(course: Course) -> None:
    made = [send(course.staff, f"第{number}题{{T}}", "gift").json["id"] for number in range(3)]
    first = course.staff.get("/question-imports?limit=2").json
    rest = course.staff.get(f"/question-imports?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + rest["items"]] == made[::-1]
    assert first["items"][0]["unit"]["id"] == first["items"][0]["unit_id"]
    above = course.api.as_(course.make.organizer(course.make.province))
    assert len(above.get("/question-imports").json["items"]) == 3
    stranger = course.api.as_(course.make.organizer(course.make.unit()))
    assert stranger.get("/question-imports").json["items"] == []
    path, missing = f"/question-imports/{made[0]}", "01900000-0000-7000-8000-000000000000"
    for who, at, answer in ((stranger, path, (403, "forbidden")), (above, missing, (404, "not_found"))):
        at = at if at.startswith("/") else f"/question-imports/{at}"
        for reply in (
            who.get(at), who.get(f"{at}/rows"), who.post(f"{at}/commit"), who.post(f"{at}/undo", WHY), who.delete(at),
        ):  # fmt: skip
            assert code_of(reply) == answer


def test_an_import_is_not_undone_once_one_of_its_questions_is_on_a_paper(course: Course) -> None:
    made = take(course.staff, "甲{=a ~b}\n\n乙{=a ~b}\n", "gift").json
    other = take(course.staff, "丙{=a ~b}\n", "gift", discipline="心内").json
    course.set_exam({"draws": [{"discipline": "急诊", "count": 1}], "pause_minutes": 0})
    assert course.start(course.learner("li")).status_code == 201
    assert course.start(course.learner("wang")).status_code == 201
    refused = course.staff.post(f"/question-imports/{made['id']}/undo", WHY)
    assert code_of(refused) == (409, "questions_in_use")
    assert (refused.json["papers"], refused.json["projects"]) == (2, [course.project.name])
    assert refused.json["questions"] in (1, 2)
    assert f"2 份试卷中（{course.project.name}）" in refused.json["hint"]
    assert code_of(course.staff.delete(f"/question-imports/{made['id']}")) == (409, "questions_in_use")
    assert len(course.staff.get("/question-bank?discipline=急诊").json["items"]) == 2
    assert course.staff.post(f"/question-imports/{other['id']}/undo", WHY).status_code == 200


def test_a_large_file_is_checked_committed_and_undone_by_jobs(course: Course, run_jobs: Callable[[], None]) -> None:
    text = "".join(f"第{number}题{{=a ~b}}\n\n" for number in range(450)) + "坏的 {=a\n"
    read = send(course.staff, text, "gift")
    path = f"/question-imports/{read.json['id']}"
    assert (read.status_code, read.json["status"]) == (202, "checking")
    assert code_of(course.staff.post(f"{path}/commit")) == (409, "import_not_ready")
    run_jobs()
    assert [course.staff.get(path).json[name] for name in ("status", "count", "refused")] == ["checked", 450, 1]
    assert course.staff.post(f"{path}/commit").status_code == 202
    run_jobs()
    assert course.staff.get(path).json["outcomes"] == {"added": 450}
    listed = course.staff.get("/question-bank?limit=100").json["items"]
    assert [each["text"] for each in listed] == [f"第{number}题" for number in range(449, 349, -1)]
    assert course.staff.post(f"{path}/undo", WHY).status_code == 202
    assert count(course) == 0  # at once; the job marks the rows
    run_jobs()
    assert course.staff.get(path).json["outcomes"] == {"undone": 450}


def test_a_file_of_an_earlier_version_is_undone_too(course: Course) -> None:
    made = take(course.staff, GIFT, "gift").json
    mine = QuestionImportRow.import_id == uuid.UUID(made["id"])
    course.db.execute(delete(QuestionImportRow).where(mine))
    course.db.execute(update(QuestionImport).values(discipline=None, committed_at=None, committed_by=None))
    course.db.commit()
    assert course.staff.get(f"/question-imports/{made['id']}").json["questions"] == []
    assert course.staff.delete(f"/question-imports/{made['id']}").status_code == 204
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
    assert take(course.staff, GIFT.encode("gb18030"), "gift").status_code == 200
    windows = GIFT.replace("\n", "\r\n").encode("utf-8-sig")
    assert take(course.staff, windows, "gift", discipline="心内").status_code == 200
    texts = [each["text"] for each in course.staff.get("/question-bank").json["items"]]
    assert texts[:3] == texts[3:]


TABLE: list[tuple[dict[str, Any], str, str]] = [
    ({workbook.KIND: "问答"}, workbook.KIND, "kind_unknown"),
    ({workbook.ANSWER: "E"}, workbook.ANSWER, "answer_unknown"),
    ({workbook.ANSWER: ""}, workbook.ANSWER, "answer_unknown"),
    ({workbook.ANSWER: "AB"}, workbook.ANSWER, "correct_invalid"),
    ({workbook.POINTS: "两分"}, workbook.POINTS, "points_unreadable"),
    ({workbook.POINTS: "0"}, workbook.POINTS, "points_invalid"),
    ({workbook.TEXT: ""}, workbook.TEXT, "text_invalid"),
    ({workbook.PICTURE: "图一"}, workbook.PICTURE, "picture_unknown"),
    (
        {workbook.KIND: "数值题", workbook.ANSWER: "约 3", "选项A": "", "选项B": "", "选项C": ""},
        workbook.ANSWER,
        "accepted_invalid",
    ),
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
    read = send(course.staff, xlsx_bytes(workbook.COLUMNS, rows), "xlsx").json
    assert [(each["row"], each["column"], each["code"]) for each in read["errors"]] == [(3, column, code)]
    alone = send(course.staff, xlsx_bytes(workbook.COLUMNS, rows[1:]), "xlsx")
    assert code_of(alone) == (422, "questions_unreadable")
    assert {name: each[0]["code"] for name, each in alone.json["errors"].items()} == {f"file.2.{column}": code}
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
    assert take(course.staff, sheet, "xlsx").status_code == 200
    (question,) = course.staff.get("/question-bank").json["items"]
    assert (question["options"], question["correct"]) == (["正确", "错误"], [right])


def test_what_is_no_table_or_too_large_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert code_of(send(course.staff, b"PK\x03\x04 broken", "xlsx")) == (422, "sheet_broken")
    assert code_of(send(course.staff, xlsx_bytes(["题干"], [["?"]]), "xlsx")) == (422, "column_missing")
    assert take(course.staff, "题型,题干,答案\n判断,对吗,对\n", "xlsx").status_code == 200  # CSV
    assert count(course) == 1
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    assert code_of(send(course.staff, GIFT, "gift")) == (422, "questions_unreadable")
