"""The conditions by which people are searched: a part of the name or 继教编号, or how the name sounds (拼音).

`holds_name` is for lists that are short by themselves, as that of a project. `finds_name` is for all people of a
province: it looks at pinyin from its beginning, so that an index serves.
"""

import re
import unicodedata
import uuid

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, true, union_all

from accounts.people.readings import MIDDLE_DOTS, letters_of
from foundation.listing import holds
from models.people import Person

_LETTERS = re.compile(r"[a-z]+")
_NOT_READ = re.compile(r"[\s'’\-" + re.escape(MIDDLE_DOTS) + "]+")
_DOT = re.compile(f"[{re.escape(MIDDLE_DOTS)}]")


def holds_name(text: str | None) -> ColumnElement[bool]:
    """Return the condition that a person's name, number or pinyin holds the text; true for no text.

    Full-width characters are as their usual ones.
    """
    wanted = _plain(text)
    if not wanted:
        return true()
    found = [_is_named(wanted), holds(wanted, Person.cme_number)]
    letters = _letters(wanted)
    if letters:
        columns = (Person.pinyin, Person.pinyin_initials, Person.pinyin_others)
        found += [each.contains(letters, autoescape=True) for each in columns]
    return or_(*found)


def finds_name(text: str | None) -> ColumnElement[bool]:
    """Return the condition for people whose name or number holds the text, or whose pinyin begins with it.

    Each kind of text is looked for where it can be, by an index: Chinese in names alone; letters alone are pinyin, a
    Latin name or a whole number.
    """
    wanted = _plain(text)
    if not wanted:
        return true()
    letters = _letters(wanted)
    if letters:
        return Person.id.in_(_begins_with(letters, wanted))
    if wanted.isascii():
        return holds(wanted, Person.name, Person.cme_number)
    return _is_named(wanted)


def _begins_with(letters: str, wanted: str) -> CompoundSelect[uuid.UUID]:
    beyond = letters + "~"  # behind all letters, which are from a to z
    starts = (
        select(Person.id).where(column >= letters, column < beyond)
        for column in (Person.pinyin, Person.pinyin_initials)
    )
    others = select(Person.id).where(
        Person.pinyin_others.is_not(None), Person.pinyin_others.contains(f" {letters}", autoescape=True)
    )
    number = select(Person.id).where(Person.cme_number.in_({wanted, wanted.upper(), wanted.lower()}))
    return union_all(*starts, others, number)


def _is_named(wanted: str) -> ColumnElement[bool]:
    """Return the condition that the name holds the text; the dot of 买买提•艾力 may be any of its kind."""
    parts = _DOT.split(wanted)
    if len(parts) == 1 or wanted.isascii():
        return holds(wanted, Person.name)
    return or_(*(holds(dot.join(parts), Person.name) for dot in MIDDLE_DOTS))


def _plain(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").strip()


def _letters(wanted: str) -> str | None:
    """Return the text as pinyin is stored; None for one that is not pinyin."""
    found = _NOT_READ.sub("", letters_of(wanted))
    return found if _LETTERS.fullmatch(found) else None
