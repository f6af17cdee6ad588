"""The logo of an installation: a file of the operator, checked when the service starts."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

MOST_BYTES = 200 * 1024
_SMALLEST, _LARGEST = 192, 1024  # pixels a side: what phones want of an icon, and what none of them needs


@dataclass(frozen=True)
class Logo:
    """A square PNG. digest: of its bytes, so that an address with it never shows another picture."""

    content: bytes
    side: int
    digest: str

    @property
    def sizes(self) -> str:
        """Return its size as a manifest says it, as in 512x512."""
        return f"{self.side}x{self.side}"


def read_logo(path: Path) -> Logo:
    """Return the logo in a file. It is a PNG: phones take no WebP as an icon, and an SVG can carry scripts.

    Raises ValueError, with one line that says what is wanted.
    """
    wanted = f"wanted a square PNG of {_SMALLEST} to {_LARGEST} pixels a side, {MOST_BYTES // 1024} KiB at most"
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            (width, height), frames = picture.size, getattr(picture, "n_frames", 1)
            picture.load()
    except Exception as unread:  # whatever a decoder says of a file that it doesn't like
        raise ValueError(f"APP_LOGO={path}: {wanted}") from unread
    fits = width == height and _SMALLEST <= width <= _LARGEST and len(content) <= MOST_BYTES and frames == 1
    if not fits:
        raise ValueError(f"APP_LOGO={path}: {wanted}")
    return Logo(content, width, hashlib.sha256(content).hexdigest()[:20])
