"""What the tests of changing the model share with others."""

import json
from pathlib import Path

from faces.matching.policy import load_policies

OLD, NEW = load_policies().engine, "another-net-1"


def write_card(folder: Path) -> Path:
    """The card of a network that web workers only read about; the numbers are the fake engine's."""
    network = folder / "another.onnx"
    card = {
        "model": NEW,
        "sha256": "0" * 64,
        "side": 128,
        "colours": "bgr",
        "mean": [0, 0, 0],
        "scale": 1.0,
        "normalise": False,
        "alignment": {"kind": "dlib_chip"},
        "policy": {
            "version": "another-1",
            "source": "made up for this test",
            "match": [{"accept_at": 0.3, "review_to": 0.35}],
            "one_person": [0.4],
            "strangers": [{"mean": 0.9, "sd": 0.1}],
            "wrongly_certain": 0.001,
            "wrongly_held": 0.01,
            "same_photo": 0.05,
        },
    }
    network.with_suffix(".json").write_text(json.dumps(card))
    return network
