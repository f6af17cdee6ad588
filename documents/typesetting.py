"""Typesets documents as PDF. Data goes into a template as JSON and is never read as its source."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import noto_cjk_sans_jp_regular as packaged_rare
import pylopdf_fonts_zh_cn as packaged
import typst

from documents.errors import LettersMissing
from documents.letters import find_missing, letters_of, replace_missing

TEMPLATES = Path(__file__).with_name("templates")

Json = Mapping[str, Any] | Sequence[Any] | str | int | float | bool | None


@dataclass(frozen=True)
class Fonts:
    """The packaged fonts and those of a folder, and no font of the machine.

    Noto Serif SC and Noto Sans SC set the documents. Noto Sans CJK JP has rare letters of Chinese names, as 𠮷.

    folder: the fonts that an operator adds, read once; None for no others.
    """

    folder: Path | None = None

    @cached_property
    def loaded(self) -> typst.Fonts:
        """Return the fonts that the typesetter can use. A file that is no font is left out."""
        packages = [packaged.serif_path().parent, Path(str(packaged_rare.FONT_PATH)).parent]
        folders = [*packages, *([self.folder] if self.folder else [])]
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)

    @cached_property
    def letters(self) -> tuple[frozenset[str], ...]:
        """Return the letters of each font that the typesetter can use, the font of the text first."""
        files = {(Path(each.path), each.index) for each in self.loaded.fonts() if each.path}
        in_order = sorted(files, key=lambda each: (each[0] != packaged.serif_path(), each))
        return tuple(letters_of(path, index) for path, index in in_order)


class Typesetter:
    """Typesets the templates of `documents/templates/`. One a process; threads take turns.

    The first document loads the fonts. The later ones take milliseconds, because the compiler stays.
    """

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._turn = threading.Lock()

    def typeset(self, template: str, data: Mapping[str, Any], *, at: datetime) -> bytes:
        """Return a PDF with subsets of its fonts embedded, always the same for the same arguments.

        template: the name of a file without `.typ`, which reads `json(bytes(sys.inputs.data))`. data: plain JSON
        values. at: the time that the file tells as its creation. Raises LettersMissing rather than print a box.
        """
        if missing := self.find_missing(data):
            raise LettersMissing(missing)
        inputs = {"data": json.dumps(data, ensure_ascii=False)}
        source = TEMPLATES / f"{template}.typ"
        with self._turn:
            made = self._compiler.compile(source, format="pdf", sys_inputs=inputs, timestamp=int(at.timestamp()))
        if not isinstance(made, bytes):
            raise TypeError(f"{template} gave no PDF")
        return made

    def find_missing(self, data: Json) -> list[str]:
        """Return the letters in all texts of the data that no font has, each once."""
        letters = self._fonts.letters
        return list(dict.fromkeys(each for text in _texts(data) for each in find_missing(text, letters)))

    def with_stand_ins(self, data: Any) -> Any:
        """Return the data with 〓 in place of each letter that no font has, for documents that name nobody."""
        match data:
            case str():
                return replace_missing(data, self._fonts.letters)
            case Mapping():
                return {key: self.with_stand_ins(value) for key, value in data.items()}
            case list() | tuple():
                return [self.with_stand_ins(each) for each in data]
        return data

    @cached_property
    def _compiler(self) -> typst.Compiler:
        return typst.Compiler(root=TEMPLATES, font_paths=self._fonts.loaded, ignore_system_fonts=True)


def _texts(data: Json) -> Iterator[str]:
    match data:
        case str():
            yield data
        case Mapping():
            for value in data.values():
                yield from _texts(value)
        case list() | tuple():
            for each in data:
                yield from _texts(each)
