"""The engine whose network dlib itself runs. Every other way to run this network is compared with it."""

from pathlib import Path

from faces.engines.networks import DlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.model_files.dlib_models import find_models
from faces.photos.photo import PhotoLimits


class DlibEngine(PhotoEngine):
    """An engine that finds faces by HOG, aligns them by five points, and embeds them by dlib's ResNet: 128 numbers."""

    def __init__(self, limits: PhotoLimits | None = None, models: Path | None = None) -> None:
        folder = models or find_models()
        super().__init__([DlibNetwork(folder)], limits, folder)
