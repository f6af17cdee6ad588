"""What BlazeFace's numbers mean, on cases that the web client's own reader of them is tested with too."""

import json
from typing import Any

import numpy as np
import pytest

from faces.finding.blaze import ANCHORS, POINTS, decoded
from tests.architecture.sources import ROOT

CASES: list[dict[str, Any]] = json.loads((ROOT / "web/tests/data/blazeface.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_service_reads_the_numbers_as_the_client_does(case: dict[str, Any]) -> None:
    scores = np.full(len(ANCHORS), -20, np.float32)
    regressors = np.zeros((len(ANCHORS), 4 + 2 * POINTS), np.float32)
    for anchor in case["anchors"]:
        scores[anchor["index"]] = anchor["score"]
        regressors[anchor["index"]] = anchor["numbers"]
    found = decoded(scores, regressors, case["scale"])
    assert len(found) == len(case["faces"])
    for box, face in zip(found, case["faces"], strict=True):
        assert (box.left, box.top, box.side) == pytest.approx((face["left"], face["top"], face["side"]), abs=1e-3)
        assert box.score == pytest.approx(face["score"], abs=1e-5)
        assert np.allclose(box.points, face["points"], atol=1e-3)
