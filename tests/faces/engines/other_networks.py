"""Networks other than dlib's, with their cards, for tests of engines by path.

One is made here: too small to recognise anybody, but it runs. The other is a real one, where the folder that the
environment variable MODELS names, else `../shared/models` beside the checkout, has it.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from faces.conversion.onnx_file import Graph
from tests.photos import ROOT

REAL = "face-reidentification-retail-0095.onnx"
POLICY = {
    "version": "test-1",
    "source": "made up for a test",
    "metric": "cosine",
    "match": [{"accept_at": 0.5, "review_to": 0.6}, {"accept_at": 0.45, "review_to": 0.55}],
    "one_person": [0.6, 0.65],
    "strangers": [{"mean": 0.9, "sd": 0.1}],
    "wrongly_certain": 0.001,
    "wrongly_held": 0.01,
    "same_photo": 0.02,
}
CARD = {
    "model": "tiny",
    "side": 112,
    "colours": "rgb",
    "mean": [127.5, 127.5, 127.5],
    "scale": 1 / 128,
    "normalise": True,
    "alignment": {
        "kind": "five_points",
        "points": [[0.3419, 0.4616], [0.6565, 0.4598], [0.5002, 0.6405], [0.3710, 0.8246], [0.6315, 0.8232]],
    },
    "policy": POLICY,
}
REAL_CARD = {
    **CARD,
    "model": "reid-retail-0095",
    "side": 128,
    "colours": "bgr",
    "mean": [0, 0, 0],
    "scale": 1.0,
    "alignment": {
        "kind": "five_points",
        "points": [[0.31557, 0.46157], [0.68262, 0.46157], [0.50026, 0.64051], [0.34947, 0.82469], [0.65344, 0.82469]],
    },
}


def tiny_network(folder: Path, **changes: Any) -> Path:
    """Write a network of one convolution and 64 numbers, and its card with these changes; gives the network's path."""
    numbers = np.random.default_rng(64)
    graph = Graph("tiny")
    weights = graph.constant(numbers.normal(0, 0.1, (8, 3, 16, 16)).astype(np.float32))
    bias = graph.constant(np.zeros(8, np.float32))
    value = graph.node("Conv", "picture", weights, bias, kernel_shape=(16, 16), strides=(16, 16), pads=(0,) * 4)
    value = graph.node("Flatten", value, axis=1)
    rows = graph.constant(numbers.normal(0, 0.1, (8 * 7 * 7, 64)).astype(np.float32))
    graph.node("MatMul", value, rows, output="numbers")
    path = folder / "tiny.onnx"
    path.write_bytes(graph.to_bytes(("picture", np.float32, (1, 3, 112, 112)), ("numbers", (1, 64))))
    return with_card(path, {**CARD, **changes})


def real_network(folder: Path) -> Path:
    """Copy the real network there and write its card."""
    path = folder / REAL
    shutil.copy(_models() / REAL, path)
    return with_card(path, REAL_CARD)


def with_card(path: Path, card: dict[str, Any]) -> Path:
    """Write a card beside a network, with its hash; gives the network's path."""
    whole = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **card}
    path.with_suffix(".json").write_text(json.dumps(whole))
    return path


def _models() -> Path:
    return Path(os.environ.get("MODELS") or ROOT.parent / "shared" / "models")


NETWORKS = [tiny_network, *([real_network] if (_models() / REAL).is_file() else [])]
