"""QR codes for documents, as SVG that the typesetter places."""

from itertools import groupby

import qrcode

_MASK = 3
"""One of the eight masks, for all codes: readers take any, and to compare all eight takes five times as long."""


def draw_qr(text: str) -> str:
    """Return an SVG document of a code with error correction M (a stain leaves it readable), without a quiet zone."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, mask_pattern=_MASK, border=0)
    code.add_data(text)
    code.make()
    size = len(code.modules)
    drawn = "".join(_row(y, row) for y, row in enumerate(code.modules))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{drawn}"/></svg>'


def _row(y: int, modules: list[bool | None]) -> str:
    """Return the path of a row's dark modules, one rectangle a run."""
    path, x = "", 0
    for is_dark, run in groupby(modules):
        length = sum(1 for _ in run)
        if is_dark:
            path += f"M{x} {y}h{length}v1h-{length}z"
        x += length
    return path
