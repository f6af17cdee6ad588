"""Why a document can't be typeset."""

from collections.abc import Sequence


class LettersMissing(Exception):
    """No font has these letters. letters: each once, in the order of the text, with its marks."""

    def __init__(self, letters: Sequence[str]) -> None:
        super().__init__(f"no font has {len(letters)} of the letters")
        self.letters = tuple(letters)
