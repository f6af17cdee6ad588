"""What the tests of recomputing templates share with others."""

from pathlib import Path

import pytest

from service.configuration.settings import Settings
from tests.accounts.enrolment.changing_the_model import NEW, write_card
from tests.pictures import PaintedEngine


@pytest.fixture
def new() -> PaintedEngine:
    """The engine after the change; it still looks with the old network where that is asked for."""
    return PaintedEngine(NEW, also=())


@pytest.fixture
def after(settings: Settings, tmp_path: Path) -> Settings:
    """The settings after the change: the new model in use, the old one still understood."""
    return settings.model_copy(
        update={"face_engine": f"onnx:{write_card(tmp_path)}", "face_engines_also": ("dlib-onnx",)}
    )
