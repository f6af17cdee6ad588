"""What the fake camera shows: films of JPEG frames, one after the other, as Chromium reads them."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import qrcode

from faces.engine import Purpose
from faces.finding.hog import HogFinder
from faces.photos.headers import read_header
from faces.photos.photo import Photo, Pixels

WIDTH, HEIGHT = 1280, 720
_HOLD = 45  # frames of a picture: a second and a half
_WALL = 128  # the grey behind what is held before the camera
_TREMBLE = ((0, 0), (1, 0), (1, 1), (0, 1))  # pixels that a hand moves, down and to the right


class Camera:
    """The camera of all devices of a worker: what it shows is seen by a page that opens it from then on."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "camera.mjpeg"
        self.show_wall()

    def show(self, frames: bytes) -> None:
        """Show a film, again and again."""
        draft = self.file.with_suffix(".draft")
        draft.write_bytes(frames)
        draft.replace(self.file)

    def show_wall(self) -> None:
        """Show nothing: what one test held before the camera is not there for the next."""
        self.show(_wall_film())


def film(*pictures: Pixels) -> bytes:
    """Return a film that shows each picture in turn."""
    return b"".join(frame for picture in pictures for frame in _held(picture))


@cache
def _wall_film() -> bytes:
    return film(_wall())


def code_film(text: str) -> bytes:
    """Return a film of a QR code on a screen."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=12, border=4)
    code.add_data(text)
    picture = np.asarray(code.make_image().convert("L"), np.uint8)
    return film(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB))


def code_picture(text: str) -> bytes:
    """Return a PNG of a QR code."""
    return _encoded(".png", cv2.imdecode(np.frombuffer(code_film(text), np.uint8), cv2.IMREAD_COLOR))


def face_film(*photos: bytes) -> bytes:
    """Return a film of somebody who holds the phone before the face; raises AssertionError where a photo has none."""
    return film(*(_near(photo) for photo in photos))


def _near(photo: bytes) -> Pixels:
    """The face with what is around it, as a phone at arm's length sees it."""
    found = HogFinder().find(Photo(photo, read_header(photo)), Purpose.ENROL)
    assert found.boxes, "a photo without a face"
    box = max(found.boxes, key=lambda each: each.side)
    middle, reach = (box.left + box.side / 2, box.top + box.side / 2), box.side * 1.25
    top, left = (max(0, round(at - reach)) for at in reversed(middle))
    return found.pixels[top : round(middle[1] + reach), left : round(middle[0] + reach)]


def _held(picture: Pixels) -> Iterator[bytes]:
    """The frames of one picture, as high as the camera's."""
    scale = min(WIDTH / picture.shape[1], HEIGHT / picture.shape[0])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    shown = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
    whole = _wall()
    top, left = (HEIGHT - shown.shape[0]) // 2, (WIDTH - shown.shape[1]) // 2
    whole[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
    moved = [_encoded(".jpg", cv2.cvtColor(np.roll(whole, by, (0, 1)), cv2.COLOR_RGB2BGR)) for by in _TREMBLE]
    for number in range(_HOLD):
        yield moved[number % len(moved)]


def _wall() -> Pixels:
    return np.full((HEIGHT, WIDTH, 3), _WALL, np.uint8)


def _encoded(kind: str, picture: Pixels) -> bytes:
    done, data = cv2.imencode(kind, picture)
    assert done
    return data.tobytes()
