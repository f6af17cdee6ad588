"""Question banks: one by one, from files and into files, with pictures."""

import io
import zlib
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from models.edge import AuditEntry
from service.api.exams import question_bank
from tests.api import Api, Reply
from tests.attendance.check_in.checking_in import at_once, code_of
from tests.attendance.courses import Course, single
from tests.attendance.questions.question_files import GIFT, send, take


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
    batch = take(course.staff, GIFT, "gift").json
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


@pytest.mark.parametrize("form", ["gift", "xlsx"])
def test_what_is_exported_reads_back_as_the_same(course: Course, form: str) -> None:
    hard = {"text": "等于 = 波浪 ~ 花括 { } 井 # 冒号 : 反斜 \\ 结束\n第二行", "explanation": "因为 = ~ #"}
    shown = upload(course.staff, picture()).json["id"]
    kinds: list[dict[str, Any]] = [
        single(1, **hard), single(2, kind="multiple", correct=[0, 2]), single(3, kind="multiple", correct=[1]),
        {"kind": "true_false", "text": "对吗", "correct": [1]},
        {"kind": "fill", "text": "填", "accepted": ["=1", "~2", "a|b\\", "x -> y*"]},
        {"kind": "number", "text": "数", "accepted": ["3.14±0.01", "-5..-1", "1e3"], "points": 7, "picture_id": shown},
    ]  # fmt: skip
    for each in kinds:
        assert course.staff.post("/question-bank", {**each, "discipline": "急诊"}).status_code == 201
    before = course.staff.get("/question-bank").json["items"]
    content = exported(course.staff, form)
    for each in before:
        course.staff.delete(f"/question-bank/{each['id']}")
    assert take(course.staff, content, form).status_code == 200
    facts = ("kind", "text", "options", "correct", "accepted", "explanation", "points", "discipline", "picture_id")
    after = course.staff.get("/question-bank").json["items"]
    assert [[each[name] for name in facts] for each in after] == [[each[name] for name in facts] for each in before]


def test_a_file_that_would_lack_some_questions_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    assert take(course.staff, GIFT, "gift").status_code == 200
    monkeypatch.setattr(question_bank, "_MOST_EXPORTED", 2)
    whole = course.staff.get("/question-bank/export")
    assert code_of(whole) == (422, "too_many_to_export")
    assert course.staff.get("/question-bank/export?kind=fill").status_code == 200


def test_aiken_holds_single_choices_alone(course: Course) -> None:
    aiken = "P 波代表\nA. 心房除极\nB) 心室除极\nANSWER: A\n\n第二题\nA. x\nB. y\nANSWER: b\n"
    assert take(course.staff, aiken, "aiken").json["outcomes"] == {"added": 2}
    course.staff.post("/question-bank", {"kind": "fill", "text": "填", "accepted": ["x"], "discipline": "急诊"})
    written = exported(course.staff, "aiken").decode()
    assert written == aiken.replace("B) ", "B. ").replace("ANSWER: b", "ANSWER: B")


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
    refused = send(stranger, named, "gift").json
    assert (refused["questions"], [each["code"] for each in refused["errors"]]) == ([], ["picture_unknown"])
    assert code_of(stranger.post(f"/question-imports/{refused['id']}/commit")) == (409, "import_has_errors")
    assert take(course.staff, named, "gift").status_code == 200
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
