"""A photo as it is kept where its owner allows that: upright, small, and nothing in it but pixels.

The web makes it, once the face pool has looked at the photo, and so without OpenCV. One at a time in a process:
decoded, a photo of the largest accepted size takes 180 MB (60 million pixels of three bytes).
"""

import io

from PIL import Image

from faces.photos.headers import Header, Kind, read_header

LONGEST_SIDE = 1280
"""Pixels."""
QUALITY = 90
_MOST_PIXELS = 60_000_000  # as in faces.photo, for a file whose parts disagree
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def make_small(photo: bytes) -> bytes | None:
    """Encode a photo anew as JPEG, its longer side `LONGEST_SIDE` pixels at most; None where that can't be done."""
    try:
        return encode(read_upright(photo, LONGEST_SIDE))
    except Exception:  # whatever a reader says of a file that it doesn't like: the enrolment doesn't hang on it
        return None


def read_upright(photo: bytes, longest_side: int) -> Image.Image:
    """Return the pixels of a photo alone, upright, its longer side so many pixels at most.

    Raises a PhotoRefused for what its header tells, and whatever the decoder says of a damaged file.
    """
    header = read_header(photo)
    picture = _decode_heic(photo, longest_side) if header.kind is Kind.HEIC else _decode(photo, header, longest_side)
    return _on_white(picture, _TURNS.get(header.orientation))


def _decode(photo: bytes, header: Header, longest_side: int) -> Image.Image:
    picture: Image.Image = Image.open(io.BytesIO(photo), formats=[header.kind.value.upper()])
    _check(picture)
    if picture.mode.startswith("I"):
        picture = _cut_to_8_bits(picture)
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    picture.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return picture


def _decode_heic(photo: bytes, longest_side: int) -> Image.Image:
    """Decode HEIC, whose library turns the picture upright itself."""
    import pillow_heif  # most processes never see one

    pillow_heif.options.DECODE_THREADS = 1
    opened = pillow_heif.open_heif(photo, convert_hdr_to_8bit=True)
    if opened.size[0] * opened.size[1] > _MOST_PIXELS:
        raise ValueError("too many pixels")
    picture: Image.Image = opened.to_pillow()
    picture.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    return picture


def _check(picture: Image.Image) -> None:
    if picture.width * picture.height > _MOST_PIXELS:
        raise ValueError("too many pixels")
    if picture.mode == "F":
        raise ValueError("not a number of grey levels")


def _cut_to_8_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits with the upper 8 of them. Pillow itself would make all that is lighter white."""
    return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _on_white(picture: Image.Image, turn: Image.Transpose | None) -> Image.Image:
    """Return the pixels alone, in a picture that knows nothing of its file: no tags, no comment, no colour profile."""
    if turn is not None:
        picture = picture.transpose(turn)
    clean = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        clean.paste(picture, mask=picture.getchannel("A"))
    else:
        clean.paste(picture.convert("RGB"))
    return clean


def encode(picture: Image.Image, quality: int = QUALITY) -> bytes:
    """Return the picture as JPEG."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
