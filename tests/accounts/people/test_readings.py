"""How names sound: what they are found by."""

import pytest

from accounts.people.readings import letters_of, read_name


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("赵示范", "zhaoshifan", "zsf"),
        ("仇晓芸", "qiuxiaoyun", "qxy"),
        ("单丹", "shandan", "sd"),
        ("曾国英", "zengguoying", "zgy"),
        ("解放", "xiefang", "xf"),
        ("欧阳不告", "ouyangbugao", "oybg"),
        ("慕容远山", "murongyuanshan", "mrys"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟红", "moqihong", "mqh"),
        ("阿卜杜·热依木", "abudureyimu", "abdrym"),
        ("䶮𠮷", "yan", "y"),
        ("John Smith", "johnsmith", "js"),
        ("Ｊｏｓé", "jose", "j"),
        ("Jörg Müller", "jorgmvller", "jm"),
        ("ཀརྨ", "", ""),
        ("123", "", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_read_with_its_surname_as_one(name: str, full: str, initials: str) -> None:
    found = read_name(name)
    assert (found.full, found.initials) == (full, initials)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("单乐", {"shanyue", "sy", "danle", "dl"}),
        ("仇晓芸", {"chouxiaoyun", "cxy"}),
        ("付偲宇", {"fucaiyu"}),
        ("覃茜", {"qinxi", "tanqian", "tanxi", "qx", "tq", "tx"}),
        ("单于晴", {"shanyuqing", "syq"}),
        ("吕布", {"lyubu", "lubu"}),
        ("阿卜杜·热依木", {"reyimu", "rym"}),
        ("John Smith", {"smith", "s"}),
        ("赵示范", set()),
    ],
)
def test_a_name_has_further_readings_where_they_are_usual(name: str, others: set[str]) -> None:
    assert others <= set((read_name(name).others or "").split())


def test_the_longest_name_has_readings_that_fit() -> None:
    found = read_name("乐长" * 50)
    assert len(found.full) <= 600
    assert len(found.others or "") <= 600
    swollen = read_name("\ufdfa" * 100)  # one character that stands for eighteen
    assert max(len(swollen.full), len(swollen.initials), len(swollen.others or "")) <= 600
    assert read_name("x" * 100).full == "x" * 100


@pytest.mark.parametrize("text", ["lǚ", "lü", "Lǜ", "ｌｖ", "lu\u0308"])
def test_each_writing_of_one_sound_is_the_same_letters(text: str) -> None:
    assert letters_of(text) == "lv"
