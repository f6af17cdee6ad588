"""The networks that turn an aligned face into an embedding."""

import hashlib
import threading
from pathlib import Path
from typing import Protocol

import dlib
import numpy as np

from faces.conversion.dlib import load_converted
from faces.conversion.human import EMBEDDING, load_human
from faces.engine import Embedding
from faces.finding.alignment import CHIP, AlignedFace, frame_of, padded_frame
from faces.model_files.card import Alignment, Card, UnusableNetwork, read_card
from faces.model_files.dlib_models import DLIB_MODEL, NETWORK
from faces.model_files.human_models import FACERES_MODEL, FOLDER
from faces.model_files.onnx_session import open_session

FACERES_PADDING = 0.5  # round the face; 0.4 to 0.6 are as good


class Network(Protocol):
    """A network that embeds aligned faces. Several threads may call it at once."""

    @property
    def model(self) -> str:
        """The name that stands in its looks and templates."""

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the embedding of a face."""


class DlibNetwork:
    """dlib's ResNet, run by dlib itself: 128 numbers. It holds Python's interpreter lock: one call runs at a time."""

    model = DLIB_MODEL

    def __init__(self, models: Path) -> None:
        self._network = dlib.face_recognition_model_v1(str(models / NETWORK))
        self._lock = threading.Lock()

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the 128 numbers."""
        with self._lock:
            return np.asarray(self._network.compute_face_descriptor(face.chip), np.float32)


class ConvertedDlibNetwork:
    """The same network, run by ONNX Runtime: same numbers, many times faster, without Python's interpreter lock."""

    model = DLIB_MODEL

    def __init__(self, models: Path, folder: Path) -> None:
        """folder: where the converted file is stored. Raises UnusableNetwork or OSError."""
        self._session = open_session(load_converted(folder, models))

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the 128 numbers."""
        embedding: Embedding = self._session.run(face.chip[None])[0]
        return embedding


class FaceresNetwork:
    """The network faceres of @vladmandic/human: 1,024 numbers, not normalised.

    It can tell people apart only after the mean of their population is subtracted.
    """

    model = FACERES_MODEL

    def __init__(self, folder: Path, models: Path = FOLDER) -> None:
        """folder: where the converted file is kept. Raises UnusableNetwork or OSError."""
        self._session = open_session(load_human(EMBEDDING, folder, models))
        self._side = EMBEDDING.feeding.side
        self._frame = padded_frame(self._side, FACERES_PADDING)

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the 1,024 numbers."""
        embedding: Embedding = self._session.run(face.picture(self._frame, self._side)[None])[0]
        return embedding


class CardedNetwork:
    """A network from an ONNX file with a card file beside it."""

    def __init__(self, path: Path) -> None:
        """Load the network; raises UnusableNetwork where the card doesn't fit the file."""
        self._card: Card = read_card(path)
        self.model = self._card.model
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnusableNetwork(f"{path.name}: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != self._card.sha256:
            raise UnusableNetwork(f"{path.name} is not the file that its card describes")
        self._session = open_session(content)
        self._frame = frame_of(self._card)
        # For these networks dlib cuts the chip. Our own warp would move the embeddings of dlib's network by 0.05
        # (median).
        self._takes_chip = self._card.alignment is Alignment.DLIB_CHIP and self._card.side == CHIP
        self._check_input()
        self._mean = np.array(self._card.mean, np.float32)[:, None, None]

    def embed(self, face: AlignedFace) -> Embedding:
        """Return the embedding, normalised to length one if the card says so."""
        picture = face.chip if self._takes_chip else face.picture(self._frame, self._card.side)
        if self._card.colours == "bgr":
            picture = picture[:, :, ::-1]
        fed = (picture.transpose(2, 0, 1).astype(np.float32) - self._mean) * np.float32(self._card.scale)
        numbers = self._session.run(fed[None]).ravel()
        return numbers / np.float32(np.linalg.norm(numbers)) if self._card.normalise else numbers

    def _check_input(self) -> None:
        side, shape = self._card.side, self._session.shape
        if len(self._session.outputs) != 1:
            raise UnusableNetwork(f"{self.model} has {len(self._session.outputs)} outputs, not one")
        if self._session.kind != "tensor(float)" or len(shape) != 4 or shape[1:] != [3, side, side]:
            raise UnusableNetwork(f"{self.model} takes {self._session.kind} {shape}, not (1, 3, {side}, {side})")
