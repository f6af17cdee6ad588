"""HTML as plain text with line breaks: paragraphs, lists, raised and lowered signs, entities."""

import re
from html.parser import HTMLParser
from typing import Final


class NotPlain(Exception):
    """A text has something that no plain text can show. code: of the fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_BLOCK_NAMES = """
address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
h6 header hr html legend main nav ol p pre section summary ul
"""
_INLINE_NAMES = """
a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label li mark q rp rt ruby s samp small span
strike strong sub sup time tt u var wbr
"""
_BLOCKS, _INLINE = frozenset(_BLOCK_NAMES.split()), frozenset(_INLINE_NAMES.split())
_SKIPPED = frozenset(("head", "script", "style", "template", "title"))
_REFUSED = {
    **dict.fromkeys(("table", "tbody", "thead", "tr", "td", "th"), "table_unsupported"),
    **dict.fromkeys(("img", "picture", "svg", "canvas", "map"), "picture_unsupported"),
    **dict.fromkeys(
        ("audio", "video", "iframe", "embed", "object", "math", "input", "select", "textarea", "button"),
        "media_unsupported",
    ),
}
_KNOWN = _BLOCKS | _INLINE | _SKIPPED | _REFUSED.keys() | {"link", "meta"}
_WITHOUT_END = frozenset(("br", "hr", "wbr", "p", "li", "dd", "dt", "body", "html", "head", "link", "meta"))
_FLAGS = "reversed|compact|hidden|noshade|nowrap|controls|autoplay|loop|muted|allowfullscreen|disabled|checked|open"
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]*)"
    rf"(?:\s+(?:[\w:-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+)|{_FLAGS}))*\s*/?>"
)
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]*|#[0-9]+|#[xX][0-9a-fA-F]+);")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_LINE_END = re.compile(r"[ \t]*\r?\n[ \t]*")
_EDGE: Final = "\0"  # the edge of a block; no text has it
_EDGES = re.compile(rf"[ \n]*{_EDGE}[\n{_EDGE}]*")
_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_RAISED |= str.maketrans("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
_LOWERED = str.maketrans("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SHIFTED = {"sup": (_RAISED, "^"), "sub": (_LOWERED, "_")}


def of_moodle(text: str) -> str:
    """Return a text in Moodle's own format as plain text: HTML in which a line break of the file counts."""
    text = _without_comments(text)
    pieces, end = list[str](), 0
    for tag in _tags(text):
        pieces += [text[end : tag.start()], tag[0]]
        end = tag.end()
    pieces.append(text[end:])
    if len(pieces) == 1 and not _ENTITY.search(text):
        return text.strip()
    broken = "<br>".join
    for place in range(0, len(pieces), 2):  # a line break beside a tag is layout of the source
        piece = pieces[place]
        piece = re.sub(r"^\s*\n\s*", " ", piece) if place else piece
        piece = re.sub(r"\s*\n\s*$", " ", piece) if place < len(pieces) - 1 else piece
        pieces[place] = broken(_LINE_END.split(piece))
    return of_html("".join(pieces))


def of_html(text: str) -> str:
    """Return HTML as plain text. Raises NotPlain for what no plain text can show."""
    text = _without_comments(text)
    pieces, end = list[str](), 0
    for tag in _tags(text):
        pieces += [_escaped(text[end : tag.start()]), tag[0]]
        end = tag.end()
    reader = _Reader()
    reader.feed("".join([*pieces, _escaped(text[end:])]))
    reader.close()
    return reader.text()


def _tags(text: str) -> list[re.Match[str]]:
    """Return the tags in a text. `a<b` and `<Na>` are none: no element of HTML, or one that nothing ends."""
    found = [each for each in _TAG.finditer(text) if each["name"].lower() in _KNOWN or ":" in each["name"]]
    ended = {each["name"].lower() for each in found if each["end"]}
    return [
        each
        for each in found
        if (name := each["name"].lower()) in ended or name in _WITHOUT_END or name in _REFUSED or ":" in name
    ]


def _escaped(text: str) -> str:
    """Return the text between tags with every `<` escaped, and every `&` that begins no whole entity."""
    escaped = re.sub(rf"&(?!{_ENTITY.pattern[1:]})", "&amp;", text)
    return escaped.replace("<", "&lt;")


def _without_comments(text: str) -> str:
    kept, at = list[str](), 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join([*kept, text[at:]])


class _Reader(HTMLParser):
    """Writes the text of HTML down: blocks and items of lists on lines of their own, raised and lowered signs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._written: list[str] = []
        self._skipped = 0
        self._verbatim = 0
        self._lists: list[_List] = []
        self._shifts: list[tuple[str, int]] = []
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        """Return what was read."""
        self._end_shifts()
        joined = _EDGES.sub("\n", "".join(self._written)).replace("\xa0", " ")
        return "\n".join(line.rstrip() for line in joined.split("\n")).strip("\n").strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element. Raises NotPlain for one that no plain text shows."""
        if tag in _REFUSED:
            raise NotPlain(_REFUSED[tag])
        given = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED:
            self._skipped += 1
        elif tag == "br":
            self._written.append("\n")
        elif tag in ("ol", "ul"):
            self._edge()
            self._lists.append(_List.of(tag, given))
        elif tag == "li":
            self._edge()
            self._written.append(self._item(given))
        elif tag in _BLOCKS:
            self._edge()
            self._verbatim += tag == "pre"
        elif tag in _SHIFTED:
            self._shifts.append((tag, len(self._written)))
        elif tag == "q":
            self._written.append("“")
        elif tag == "a":
            self._links.append((given.get("href", ""), len(self._written)))

    def handle_endtag(self, tag: str) -> None:
        """End an element. Raises NotPlain for a link to a file of Moodle's."""
        if tag in _SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        elif tag in ("ol", "ul"):
            self._lists = self._lists[:-1]
            self._edge()
        elif tag == "li" or tag in _BLOCKS:
            self._edge()
            self._verbatim -= tag == "pre" and self._verbatim > 0
        elif tag in _SHIFTED and self._shifts and self._shifts[-1][0] == tag:
            self._end_shift()
        elif tag == "q":
            self._written.append("”")
        elif tag == "a" and self._links:
            self._end_link()

    def handle_data(self, data: str) -> None:
        """Write text down. Blanks and line breaks are one blank, but in `pre`."""
        if self._skipped:
            return
        if not self._verbatim:
            data = _BLANKS.sub(" ", data)
            if not self._written or self._written[-1][-1:] in (" ", "\n", _EDGE):
                data = data.removeprefix(" ")
        if data:
            self._written.append(data)

    def _edge(self) -> None:
        self._end_shifts()
        self._written.append(_EDGE)

    def _item(self, given: dict[str, str]) -> str:
        if not self._lists:
            return "- "
        return "  " * (len(self._lists) - 1) + self._lists[-1].next_mark(given.get("value", ""))

    def _end_shifts(self) -> None:
        while self._shifts:
            self._end_shift()

    def _end_shift(self) -> None:
        tag, begin = self._shifts.pop()
        signs, mark = _SHIFTED[tag]
        inner = "".join(self._written[begin:]).strip()
        is_whole = all(ord(each) in signs for each in inner)
        self._written[begin:] = [inner.translate(signs) if is_whole else f"{mark}({inner})"]

    def _end_link(self) -> None:
        target, begin = self._links.pop()
        if "@@PLUGINFILE@@" in target:
            raise NotPlain("media_unsupported")
        if target.startswith(("http://", "https://")) and target not in "".join(self._written[begin:]):
            self._written.append(f" ({target})")


class _List:
    """A list that is being read, with the number of its next item; None for a list without numbers."""

    def __init__(self, number: int | None, letters: str) -> None:
        self._number, self._letters = number, letters

    @classmethod
    def of(cls, tag: str, given: dict[str, str]) -> "_List":
        start = given.get("start", "")
        letters = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a": "abcdefghijklmnopqrstuvwxyz"}.get(given.get("type", ""), "")
        return cls((int(start) if _is_number(start) else 1) if tag == "ol" else None, letters)

    def next_mark(self, value: str) -> str:
        """Return what stands before the next item. value: its number where it says one."""
        if self._number is None:
            return "- "
        number = int(value) if _is_number(value) else self._number
        self._number = number + 1
        return f"{self._letters[number - 1] if 1 <= number <= len(self._letters) else number}. "


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 7
