"""Text whose encoding nobody says."""

from collections.abc import Sequence

IN_CHINA = ("utf-8-sig", "gb18030")
"""What programs save as plain text: Windows and Excel in China the latter."""


def find_text(data: bytes, encodings: Sequence[str] = IN_CHINA) -> str | None:
    """Return the text by the first encoding that fits, or None where it is no text by any of them."""
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    return None
