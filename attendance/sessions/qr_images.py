"""QR codes for screens and paper, with error correction M: a reflection on a screen leaves them readable."""

import io

import qrcode
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathFillImage

_PIXELS_A_MODULE = 16


def svg(text: str) -> bytes:
    """Return an SVG document, black on white with a quiet zone. It has a view box and no fixed size."""
    return _drawn(text, SvgPathFillImage)


def png(text: str) -> bytes:
    """Return a PNG file of 16 pixels a module."""
    return _drawn(text, PilImage)


def _drawn(text: str, factory: type[PilImage] | type[SvgPathFillImage]) -> bytes:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=_PIXELS_A_MODULE, border=4)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image(image_factory=factory).save(out)
    return out.getvalue()
