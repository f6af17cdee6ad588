"""What the tests of hints share: a refusal in both languages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.api import Api, Reply

HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3}")
NAMES = ("急诊医学新进展", "上午场", "一号会议厅", "第一医院")
"""Names of the tests' own world, which are Chinese in either language."""


@dataclass
class Told:
    """A refusal as it came. facts: its body; zh, en: its hint."""

    facts: dict[str, Any]
    zh: str
    en: str

    def says(self, *words: object) -> None:
        """Both hints have each of these words."""
        for word in words:
            assert str(word) in self.zh, (word, self.zh)
            assert str(word) in self.en, (word, self.en)


def told(who: Api, ask: Callable[[Api], Reply], code: str, *, names: tuple[str, ...] = ()) -> Told:
    """What comes of a refused call, asked in Chinese and in English. names: Chinese ones in the English text."""
    chinese, english = ask(who), ask(who.speaking("en"))
    assert (chinese.json["code"], english.json["code"]) == (code, code), (chinese.json, english.json)
    hint = english.json["hint"]
    for name in (*NAMES, *names):
        hint = hint.replace(name, "")
    assert HAN.search(chinese.json["hint"]), chinese.json
    assert not HAN.search(hint), hint
    assert _LATIN.search(hint), hint
    return Told(chinese.json, chinese.json["hint"], english.json["hint"])


def shown(at: datetime | str, zone: str = "Asia/Shanghai") -> str:
    """An instant as a hint shows it: by the clock of a session's venue, or of the province."""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
