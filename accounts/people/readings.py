"""How the name of a person sounds: pinyin (拼音) in full and by initials, by which people are found.

A surname is read as one (仇 is qiu), the dots of names such as 阿卜杜·热依木 are not read, and Latin letters stand for
themselves. A name with several usual readings is found by each of them.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.people.surnames import DOUBLE_SURNAMES, GIVEN_NAMES, SURNAMES
from models.people import LONGEST_READING, Person

_MOST_READINGS = 8
_WORDS = re.compile(r"[a-z]+|[^\W\d_]")
MIDDLE_DOTS = "·•‧・⋅∙.．"
"""The dots between the parts of a name, as people type them."""
_BREAKS = re.compile(rf"[\s{re.escape(MIDDLE_DOTS)}]+")
_SPELLINGS = {"lv": ("lv", "lyu", "lu"), "nv": ("nv", "nyu", "nu")}
"""ü as keyboards, passports and people without a v write it."""


@dataclass(frozen=True)
class Readings:
    """How a name sounds, in small Latin letters. others: further readings and initials, each behind a blank."""

    full: str
    initials: str
    others: str | None


def letters_of(text: str) -> str:
    """Return a text in small Latin letters without accents: `Ｚhào` is zhao, and ü is v. Other letters stay."""
    plain = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    plain = re.sub("u[\u0300\u0301\u0304\u030c]?\u0308[\u0300\u0301\u0304\u030c]?|[ǖǘǚǜ]", "v", plain)
    return "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))


def read_name(name: str) -> Readings:
    """Return how a name sounds. All of it is empty for a name without Chinese characters and Latin letters."""
    texts = _BREAKS.split(letters_of(name.strip()))
    has_surname = not any(dot in name for dot in MIDDLE_DOTS)  # 阿卜杜·热依木 has none
    parts = [list(_syllables(part, is_first=has_surname and place == 0)) for place, part in enumerate(texts)]
    parts = [part for part in parts if part]
    spoken = list(dict.fromkeys(_spoken(parts)))
    for later in range(1, len(parts)):  # who is called 阿卜杜·热依木 is found by 热依木 too
        spoken += islice(_spoken(parts[later:]), 1)
    if not spoken:
        return Readings("", "", None)
    (full, initials), others = spoken[0], dict.fromkeys(each for pair in spoken[1:] for each in pair)
    more = "".join(f" {each}" for each in others if each not in (full, initials))
    return Readings(full[:LONGEST_READING], initials[:LONGEST_READING], more[:LONGEST_READING] or None)


def set_name(person: Person, name: str) -> None:
    """Give a person a name, with its readings."""
    found = read_name(name)
    person.name = name
    person.pinyin, person.pinyin_initials, person.pinyin_others = found.full, found.initials, found.others


def read_names(db: Session, *, limit: int) -> int:
    """Read names of people who have no readings yet, as those of earlier versions; return how many were read."""
    unread = select(Person).where(Person.pinyin.is_(None)).order_by(Person.id).limit(limit)
    people = db.scalars(unread.with_for_update(skip_locked=True, key_share=True)).all()
    for person in people:
        set_name(person, person.name)
    db.flush()
    return len(people)


def _spoken(parts: list[list[tuple[str, ...]]]) -> Iterator[tuple[str, str]]:
    """Return readings and initials of a name, the usual one first."""
    syllables = [each for part in parts for each in part]
    for chosen in islice(product(*syllables), _MOST_READINGS):
        yield "".join(chosen), "".join(each[0] for each in chosen)


def _syllables(part: str, *, is_first: bool) -> Iterator[tuple[str, ...]]:
    """Return the readings of each character of a part. is_first: it begins with the surname."""
    if is_first and len(part) > 2 and part[:2] in DOUBLE_SURNAMES:
        yield from _double(part[:2])
        part, is_first = part[2:], False
    for place, word in enumerate(_WORDS.findall(part)):
        if word.isascii():
            yield (word,)
            continue
        if is_first and place == 0 and word in SURNAMES:
            found = tuple(dict.fromkeys((*SURNAMES[word], *_dictionary(word))))  # many type 仇 as chou all the same
        else:
            found = GIVEN_NAMES.get(word) or _dictionary(word)
        if found:
            yield tuple(spelt for each in found for spelt in _SPELLINGS.get(each, (each,)))


def _double(surname: str) -> Iterator[tuple[str, ...]]:
    """Return the readings of both characters of a double surname (复姓). The first may be one alone: 单 of 单于晴."""
    first, second = DOUBLE_SURNAMES[surname]
    found = dict.fromkeys((first, *SURNAMES.get(surname[0], ())))
    yield tuple(spelt for each in found for spelt in _SPELLINGS.get(each, (each,)))
    yield (second,)


def _dictionary(character: str) -> tuple[str, ...]:
    """Return the first reading of a character; nothing for one that has none."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # phrases are no names, and take 40 MB
    from pypinyin import Style, pinyin  # here, because most processes never read a name

    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    return (letters_of(found[0][0]),) if found and found[0][0] else ()
