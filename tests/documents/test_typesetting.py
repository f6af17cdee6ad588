"""Documents are typeset from data that strangers typed, in any letters, and look alike everywhere."""

import re
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import LettersMissing
from documents.qr_codes import draw_qr
from documents.typesetting import Fonts, Typesetter
from tests.documents.pdfs import fonts_of, make_font, pages_of, qr_of, text_of

AT = datetime(2026, 3, 5, tzinfo=UTC)
URL = "https://cme.example.cn/v/hX3vkX0rJd2W8p7QyZ1mNw"


def a_certificate(**changes: Any) -> dict[str, Any]:
    fields = [["姓名", changes.pop("name", "陈某")], ["项目名称", changes.pop("project", "心肺复苏新进展学习班")]]
    return {
        "number_label": "证书编号",
        "number": "ZJ202600000000017",
        "title": "继续医学教育学分证书",
        "mark": None,
        "fields": fields,
        "qr": draw_qr(URL),
        "qr_label": "防伪查询",
        "signature": ["示例省卫生健康委员会", "2026-03-05"],
        "note": "不使用电子印章",
    } | changes


def data_of(*certificates: Mapping[str, Any]) -> dict[str, Any]:
    return {"title": "学分证书", "certificates": list(certificates)}


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(Fonts())


def test_a_document_is_read_by_another_library_and_its_qr_code_too(typesetter: Typesetter) -> None:
    pdf = typesetter.typeset("certificate", data_of(a_certificate(), a_certificate(name="林某")), at=AT)
    assert pages_of(pdf) == 2
    assert "陈某" in text_of(pdf)
    assert "林某" in text_of(pdf)
    assert qr_of(pdf, page=1) == URL


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "䶮某", "欧阳㛃", "Zoë Müller", "O'Neil", "É某"])
def test_a_name_is_set_as_on_the_id_card(typesetter: Typesetter, name: str) -> None:
    pdf = typesetter.typeset("certificate", data_of(a_certificate(name=name)), at=AT)
    assert name.replace(" ", "") in text_of(pdf)


@pytest.mark.parametrize(
    "typed",
    [
        "#panic(1)",
        '#read("/etc/passwd")',
        "$x^2$",
        "*粗* _斜_ `x`",
        "[未闭合",
        "\\",
        "@ref <label>",
        "// 注释",
        '"',
        "{}",
    ],
)
def test_what_a_stranger_typed_is_never_read_as_source(typesetter: Typesetter, typed: str) -> None:
    pdf = typesetter.typeset("certificate", data_of(a_certificate(project=typed)), at=AT)
    assert re.sub(r"\s+", "", typed) in text_of(pdf)


def test_the_same_data_gives_the_same_bytes_in_another_process_too(typesetter: Typesetter) -> None:
    data = data_of(a_certificate())
    first = typesetter.typeset("certificate", data, at=AT)
    typesetter.typeset("certificate", data_of(a_certificate(name="林某")), at=AT)
    assert typesetter.typeset("certificate", data, at=AT) == first
    assert Typesetter(Fonts()).typeset("certificate", data, at=AT) == first


def test_all_fonts_are_embedded(typesetter: Typesetter) -> None:
    pdf = typesetter.typeset("certificate", data_of(a_certificate()), at=AT)
    with pypdfium2.PdfDocument(pdf) as read:
        created = read.get_metadata_value("CreationDate")
    assert created.startswith("D:20260305")
    assert set(fonts_of(pdf)) == {"NotoSansSC-Regular", "NotoSerifSC-Regular"}
    assert all(fonts_of(pdf).values())
    assert len(pdf) < 60_000  # subsets: each of the two fonts is 8 MB and more


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "䶮某", "𠮷某", "𰻞𬎆"])
def test_names_are_set_as_on_the_id_card(typesetter: Typesetter, name: str) -> None:
    assert typesetter.find_missing(name) == []
    assert name in text_of(typesetter.typeset("certificate", data_of(a_certificate(name=name)), at=AT))


def test_a_letter_that_no_font_has_is_named_and_never_printed_as_a_box(typesetter: Typesetter) -> None:
    with pytest.raises(LettersMissing) as refused:
        typesetter.typeset("certificate", data_of(a_certificate(name="𫝹某བསོད་𫝹")), at=AT)
    assert refused.value.letters == ("𫝹", "བ", "སོ", "ད", "་")
    assert typesetter.find_missing({"a": ["陈某", {"b": "م"}], "n": 1, "none": None}) == ["م"]


def test_a_table_that_names_nobody_shows_a_geta_mark_for_such_a_letter(typesetter: Typesetter) -> None:
    shown = typesetter.with_stand_ins(a_certificate(project="学习班🎉第2期"))
    assert shown["fields"][1] == ["项目名称", "学习班〓第2期"]
    assert "学习班〓第2期" in text_of(typesetter.typeset("certificate", data_of(shown), at=AT))


def test_a_font_in_the_folder_of_the_operator_sets_what_was_missing(tmp_path: Path) -> None:
    make_font("𫝹བསོད་مح", tmp_path / "rare.ttf")
    (tmp_path / "broken.ttf").write_bytes((tmp_path / "rare.ttf").read_bytes()[:500])
    (tmp_path / "readme.txt").write_text("no font")
    typesetter = Typesetter(Fonts(tmp_path))
    for name in ("𫝹某", "བསོད་", "محمد"[:2] + "م"):
        assert typesetter.find_missing(name) == []
        pdf = typesetter.typeset("certificate", data_of(a_certificate(name=name)), at=AT)
        assert fonts_of(pdf).get("MadeUp-Regular"), (name, fonts_of(pdf))
    assert "𫝹某" in text_of(typesetter.typeset("certificate", data_of(a_certificate(name="𫝹某")), at=AT))


def test_a_variant_selector_needs_no_glyph_and_a_mark_needs_the_font_of_its_letter(typesetter: Typesetter) -> None:
    assert typesetter.find_missing("葛\U000e0100某") == []
    assert typesetter.find_missing("e\u0301") == []
    assert typesetter.find_missing("陈\u0f7c") == ["陈\u0f7c"]


@settings(max_examples=40, deadline=None)
@given(typed=st.text(max_size=30))
def test_any_text_is_set_or_its_letters_are_named(typed: str) -> None:
    typesetter = _SHARED
    data = data_of(a_certificate(project=typed))
    missing = typesetter.find_missing(typed)
    assert all(letter in typed for letter in missing)
    with pytest.raises(LettersMissing) if missing else nullcontext():
        typesetter.typeset("certificate", data, at=AT)
    pdf = typesetter.typeset("certificate", typesetter.with_stand_ins(data), at=AT)
    assert pdf.startswith(b"%PDF-")


_SHARED = Typesetter(Fonts())
