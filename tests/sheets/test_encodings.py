"""Text files without a word about their encoding."""

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sheets.encodings import find_text
from sheets.errors import SheetUnsupported
from sheets.tables import read_table

COMMON = [
    bytes([row, place]).decode("gb2312")
    for row in range(0xB0, 0xD8)
    for place in range(0xA1, 0xFF if row < 0xD7 else 0xFA)
    if not (row in (0xC2, 0xC3, 0xCE, 0xCF) and place < 0xC0)
]
"""The ideographs of the first level of GB 2312, but for those whose bytes are a letter like é or β in UTF-8."""
TEXT = st.text(st.sampled_from([*COMMON, *"，。（）：；、·"]), min_size=1, max_size=40)
ROSTER = "姓名,单位\n买买提·艾力,第一医院\n"


@given(text=TEXT, encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_a_chinese_text_is_read_in_each_encoding(text: str, encoding: str) -> None:
    assert find_text(text.encode(encoding)) == text


@given(text=st.text(max_size=60))
def test_a_marked_text_is_read_whatever_it_holds(text: str) -> None:
    assume("\x00" not in text and not any("\ud800" <= each <= "\udfff" or each == "\ufeff" for each in text))
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ):
        assert find_text(mark + text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be"])
def test_a_roster_is_read_in_each_encoding_with_and_without_its_mark(encoding: str) -> None:
    for text in (ROSTER, *([] if encoding == "gbk" else ["\ufeff" + ROSTER])):
        (row,) = read_table(text.encode(encoding), columns=("姓名", "单位"), required=("姓名",), max_rows=9)
        assert dict(row.cells) == {"姓名": "买买提·艾力", "单位": "第一医院"}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xd6\xa2\xd7\xb4", "症状"),  # also right in UTF-8, as letters of no language
        ("β受体".encode(), "β受体"),
        ("5 °C, café, β".encode(), "5 °C, café, β"),
        ("a·b".encode(), "a·b"),
        ("㐂𠮷，王".encode("gb18030"), "㐂𠮷，王"),
    ],
)
def test_bytes_that_are_right_in_two_encodings_are_read_as_the_one_that_makes_sense(data: bytes, text: str) -> None:
    assert find_text(data) == text


def test_a_damaged_utf_8_file_is_refused_and_never_read_as_another_encoding() -> None:
    whole = (ROSTER * 20).encode()
    for place in range(4, 400):
        damaged = whole[:place] + b"\xff" + whole[place + 1 :]
        assert find_text(damaged) is None
    cut = whole[:-3]
    assert find_text(cut) is None
    with pytest.raises(SheetUnsupported):
        read_table(cut, columns=("姓名",), required=("姓名",), max_rows=99)


def test_a_long_gb18030_file_is_not_taken_for_a_damaged_one() -> None:
    text = ROSTER * 30_000
    assert find_text(text.encode("gb18030")) == text
    assert find_text(text.encode()) == text
    assert find_text(text.encode() + b"\xff") is None


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_text_or_none(data: bytes) -> None:
    found = find_text(data)
    assert found is None or "\x00" not in found
