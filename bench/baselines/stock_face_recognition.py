"""Plain face_recognition, used as in its documentation: load_image_file, face_encodings, compare_faces."""

import io
import warnings

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its models package imports the deprecated pkg_resources
    import face_recognition

Encoding = NDArray[np.float64]


def encode(photo: bytes) -> Encoding | None:
    """Return the (128,) encoding of the first face; None if no face is found."""
    image = face_recognition.load_image_file(io.BytesIO(photo))
    found = face_recognition.face_encodings(image)
    return found[0] if found else None


def is_same(known: Encoding, encoding: Encoding, tolerance: float) -> bool:
    """Return whether two encodings are of one person, as compare_faces does. tolerance: Euclidean distance."""
    return bool(face_recognition.compare_faces([known], encoding, tolerance)[0])


def decide(known: Encoding, photo: bytes, tolerance: float) -> bool:
    """Return whether the photo shows the known face."""
    encoding = encode(photo)
    return encoding is not None and is_same(known, encoding, tolerance)


def face_box(photo: bytes) -> tuple[int, int, int, int] | None:
    """Return the first face's top, right, bottom, left in pixels."""
    found = face_recognition.face_locations(face_recognition.load_image_file(io.BytesIO(photo)))
    return found[0] if found else None
