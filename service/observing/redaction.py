"""Masks personal data and secrets in log messages. Messages must not contain them; this is the second protection."""

import re
from typing import Any

# What `keep` finds is not masked: its digits are not personal numbers.
_SECRETS = re.compile(
    r"""
    (?P<link> (?<=/downloads/)[\w-]+ )
    | (?P<keep> \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b | \bpid[ :=]+\d+ )
    | (?P<token> \beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)* | (?i:\bbearer)\s+[^\s"',;]+ )
    | (?P<query> \?[^\s"'<>?]*=[^\s"'<>]* )
    | (?P<parameters> \[parameters:\s.*?\](?=\s*(?:\n|$)) )
    | (?P<row> \b(?:Key|key)\s\(.*?\)=\(.*?\) )
    | (?P<id_number> (?<!\d)\d{17}[\dXx](?!\d) )
    | (?P<phone> (?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d) )
    | (?P<code> (?<![\d.])\d{6}(?!\d) )
    """,
    re.VERBOSE | re.DOTALL,
)
_HEX = frozenset("0123456789abcdef")
_HEX_WORD = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])[0-9a-f]{12,}(?![0-9A-Za-z])")


def redact(text: str) -> str:
    """Return `text` with phones, ID numbers, six-digit codes, tokens, links, queries and database values masked."""
    return _SECRETS.sub(_mask, text)


def redact_all(value: Any) -> Any:
    """Return `value` with every string in it masked, through dicts, lists and tuples."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact_all(key): redact_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_all(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        shown = str(value)
        return value if redact(shown) == shown else redact(shown)
    return value


def _mask(found: re.Match[str]) -> str:
    kind = found.lastgroup
    is_harmless = kind == "keep" or (kind == "code" and _is_in_hex_word(found))
    return found.group() if is_harmless else f"[{kind}]"


def _is_in_hex_word(found: re.Match[str]) -> bool:
    """Return whether six digits are a part of a hexadecimal id: of a migration, a hash or a uuid without hyphens.

    Only codes are spared there: a phone or an ID number is masked also between letters.
    """
    text, start, end = found.string, found.start(), found.end()
    while start > 0 and text[start - 1] in _HEX:
        start -= 1
    while end < len(text) and text[end] in _HEX:
        end += 1
    return _HEX_WORD.fullmatch(text, start, end) is not None
