"""The settings of the face engine reach it."""

from typing import Any

import pytest

from faces.engines import choosing
from service.configuration.settings import Settings
from service.run import load_engine


@pytest.mark.parametrize("is_on", [False, True])
def test_refusing_covered_eyes_is_a_setting_and_off_by_default(is_on: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(choosing, "make_engine", lambda name, **options: given.update(options))
    if is_on:
        monkeypatch.setenv("FACE_REFUSE_COVERED_EYES", "true")
    load_engine(Settings())
    assert given["refuses_covered_eyes"] is is_on
