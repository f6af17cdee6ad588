"""QR codes for documents, as SVG that the typesetter places."""

import re

import qrcode

_DARK = re.compile("#+")
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
    row = "".join("#" if is_dark else " " for is_dark in modules)
    runs = ((run.start(), len(run[0])) for run in _DARK.finditer(row))
    return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, length in runs)
