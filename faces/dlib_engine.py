"""The engine whose network dlib itself runs: the reference that every other way of running it is measured against."""

from pathlib import Path

from faces.dlib_models import find_models
from faces.networks import DlibNetwork
from faces.photo import PhotoLimits
from faces.photo_engine import PhotoEngine

__all__ = ["DlibEngine", "find_models"]


class DlibEngine(PhotoEngine):
    """Finds faces by HOG, aligns them by five points, and embeds them by dlib's ResNet: 128 numbers."""

    def __init__(self, limits: PhotoLimits | None = None, models: Path | None = None) -> None:
        folder = models or find_models()
        super().__init__([DlibNetwork(folder)], limits, folder)
