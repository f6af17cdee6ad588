"""The real engine and what it saw, once for all tests of a session."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from faces.engine import Embedding, Look, Purpose
from faces.engines.choosing import make_engine, make_finders
from faces.engines.networks import ConvertedDlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.errors import MultipleFaces
from faces.finding.alignment import AlignedFace
from faces.matching.policy import Policy, load_policy
from faces.model_files.dlib_models import find_models
from tests.faces.engines.dlib_engine import DlibEngine

LookAt = Callable[..., Look]


def seen_alone(seen: LookAt, photos: Iterable[Path]) -> list[Look]:
    """The looks at those photos on which one person is alone; some news photos show two."""
    looks = []
    for photo in photos:
        with contextlib.suppress(MultipleFaces):
            looks.append(seen(photo))
    return looks


@pytest.fixture(scope="session")
def converted_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Where converted networks are kept; all workers of one run share it."""
    base = tmp_path_factory.getbasetemp()
    return (base if worker_id == "master" else base.parent) / "converted"


@pytest.fixture(scope="session")
def engine(converted_folder: Path) -> PhotoEngine:
    """The default engine: dlib's network run by ONNX Runtime."""
    return make_engine("dlib-onnx", folder=converted_folder)


@pytest.fixture(scope="session")
def reference() -> DlibEngine:
    """The engine whose network dlib itself runs."""
    return DlibEngine().warm()


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy()


class NotingNetwork:
    """dlib's network run by ONNX Runtime, which notes the face that it was given last."""

    model = ConvertedDlibNetwork.model

    def __init__(self, folder: Path) -> None:
        self._network = ConvertedDlibNetwork(find_models(), folder)
        self.last: AlignedFace | None = None

    def embed(self, face: AlignedFace) -> Embedding:
        self.last = face
        return self._network.embed(face)


@pytest.fixture(scope="session")
def aligned() -> dict[Path, AlignedFace]:
    """The faces in the photos that `seen` was asked for, as the network was given them."""
    return {}


@pytest.fixture(scope="session")
def seen(converted_folder: Path, aligned: dict[Path, AlignedFace]) -> LookAt:
    """A function that returns the look at a photo, for enrolment or `seen(path, Purpose.CHECK_IN)`, computed once.

    A refusal for several people is raised each time.
    """
    network = NotingNetwork(converted_folder)
    engine = PhotoEngine([network], finders=make_finders(converted_folder)).warm()
    kept: dict[tuple[Path, Purpose], Look | MultipleFaces] = {}

    def look(path: Path, purpose: Purpose = Purpose.ENROL) -> Look:
        if (path, purpose) not in kept:
            try:
                kept[path, purpose] = engine.look(path.read_bytes(), purpose)
            except MultipleFaces as refused:
                kept[path, purpose] = refused
            else:
                assert network.last is not None
                aligned[path] = network.last
        found = kept[path, purpose]
        if isinstance(found, MultipleFaces):
            raise found
        return found

    return look
