"""TensorFlow.js's networks become equal ONNX networks, or are refused: never wrong ones."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from faces.conversion import human
from faces.conversion.human import ALL, DETECTOR, EMBEDDING, WantedNetwork, convert_human, load_human, noise_pictures
from faces.conversion.serialized import DamagedFile
from faces.conversion.tfjs import read_model
from faces.conversion.tfjs_to_onnx import Feeding, to_onnx
from faces.model_files.card import UnusableNetwork
from faces.model_files.human_models import FOLDER, are_here
from faces.model_files.onnx_session import open_session

pytestmark = pytest.mark.slow

fetched = pytest.mark.skipif(not are_here(), reason="scripts/fetch-models could not fetch @vladmandic/human")
STEM = "conv1/convolution/merged_input"  # the weights of the first layer of faceres
each_network = pytest.mark.parametrize("wanted", ALL, ids=lambda wanted: wanted.name)


@fetched
@each_network
def test_the_fetched_network_converts_to_what_tensorflow_says(wanted: WantedNetwork) -> None:
    converted = convert_human(wanted, FOLDER)
    assert human.refuse_unless_equal(converted, wanted) < wanted.most_apart / 5
    session = open_session(converted)
    assert session.outputs == tuple(wanted.outputs)
    numbers = session.run_all(noise_pictures(wanted.feeding.side)[0][None])
    assert [each.shape for each in numbers] == [
        tuple(1 if size == "n" else size for size in shape) for shape in wanted.outputs.values()
    ]


def test_the_pictures_of_noise_are_the_same_everywhere() -> None:
    fine, middle, coarse = noise_pictures(224)
    assert fine.shape == middle.shape == coarse.shape == (224, 224, 3)
    assert fine[0, :2].tolist() == [[187, 253, 9], [31, 73, 234]]
    assert 125 < fine.mean() < 130
    assert len(np.unique(coarse[:32, :32])) <= 3


@fetched
@each_network
def test_a_converted_network_is_kept_and_needs_the_original_no_more(wanted: WantedNetwork, tmp_path: Path) -> None:
    first = load_human(wanted, tmp_path, FOLDER)
    assert load_human(wanted, tmp_path, tmp_path / "no such folder") == first
    kept = next(tmp_path.glob("*.onnx"))
    kept.write_bytes(first[:-1])
    assert load_human(wanted, tmp_path, FOLDER) == first
    assert len(list(tmp_path.iterdir())) == 2


@fetched
def test_the_networks_are_kept_side_by_side(tmp_path: Path) -> None:
    for wanted in ALL:
        load_human(wanted, tmp_path, FOLDER)
    assert len(list(tmp_path.glob("*.onnx"))) == len(ALL)
    for wanted in ALL:
        assert load_human(wanted, tmp_path, tmp_path / "no such folder")


@fetched
@pytest.mark.parametrize("kind", [".json", ".bin"])
def test_a_damaged_original_is_refused_and_nothing_is_kept(tmp_path: Path, kind: str) -> None:
    models = tmp_path / "models"
    shutil.copytree(FOLDER, models)
    damaged = bytearray((models / f"blazeface{kind}").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (models / f"blazeface{kind}").write_bytes(damaged)
    with pytest.raises(UnusableNetwork, match="blazeface is not the network that is known"):
        load_human(DETECTOR, tmp_path / "kept", models)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_missing_original_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    assert not are_here(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"faceres\.json"):
        load_human(EMBEDDING, tmp_path / "kept", tmp_path)


@fetched
@pytest.mark.parametrize("wrong", ["weights", "colours", "padding", "no network"])
def test_a_conversion_that_went_wrong_is_refused_by_the_check(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    def broken(*arguments: Any) -> bytes:
        model, name, feeding, outputs = arguments
        if wrong == "weights":
            model.weights[STEM] = model.weights[STEM] * np.float32(1.01)
        if wrong == "colours":
            feeding = Feeding(feeding.side, feeding.mean, feeding.scale, bgr=False)
        written = to_onnx(model, name, feeding, outputs)
        if wrong == "padding":
            written = written.replace(b"SAME_UPPER", b"SAME_LOWER")
        return b"\0" * 100 if wrong == "no network" else written

    monkeypatch.setattr(human, "to_onnx", broken)
    with pytest.raises(UnusableNetwork, match=r"faceres is not TensorFlow\.js's|can't load"):
        convert_human(EMBEDDING, FOLDER)


# A small network, written as TensorFlow.js writes them.
def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def model_of(nodes: list[dict[str, Any]], weights: list[dict[str, Any]]) -> bytes:
    return json.dumps(
        {"format": "graph-model", "modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]}
    ).encode()


WINDOW = {
    "strides": {"list": {"i": ["1", "2", "2", "1"]}},
    "dilations": {"list": {"i": ["1", "1", "1", "1"]}},
    "padding": text("SAME"),
}
NODES: list[dict[str, Any]] = [
    {"name": "in", "op": "Placeholder"},
    {"name": "convolved", "op": "Conv2D", "input": ["in", "kernel"], "attr": WINDOW},
    {"name": "out", "op": "Reshape", "input": ["convolved", "shape"]},
]
WEIGHTS: list[dict[str, Any]] = [
    {
        "name": "kernel",
        "shape": [1, 1, 3, 2],
        "dtype": "float32",
        "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0},
    },
    {"name": "shape", "shape": [2], "dtype": "int32"},
]
DATA = bytes([2, 3, 2, 2, 2, 4]) + np.array([1, 8], "<i4").tobytes()
FEEDING = Feeding(4, (0, 0, 0), 1.0)


def test_weights_stored_as_bytes_are_scaled_and_reshapes_see_channels_last() -> None:
    model = read_model(model_of(NODES, WEIGHTS), DATA)
    assert model.weights["kernel"].ravel().tolist() == [0, 0.5, 0, 0, 0, 1]
    picture = np.arange(48, dtype=np.uint8).reshape(1, 4, 4, 3)
    found = open_session(to_onnx(model, "small", FEEDING, {"out": (1, 8)})).run(picture)
    seen = picture[0, ::2, ::2].astype(float)  # what a kernel of one pixel sees in steps of two
    expected = np.stack([seen[..., 0] * 0, seen[..., 0] * 0.5 + seen[..., 2]], axis=-1)
    assert found.tolist() == [expected.ravel().tolist()]


@pytest.mark.parametrize(
    ("topology", "data", "said"),
    [
        (b"no json", DATA, "no graph model"),
        (b"[]", DATA, "no graph model"),
        (b'{"format": "layers-model"}', DATA, "layers-model"),
        (model_of([{"op": "Relu"}], WEIGHTS), DATA, "no graph model"),
        (model_of(NODES, [{"name": "kernel", "shape": [2], "dtype": "complex"}]), DATA, "no graph model"),
        (model_of(NODES, WEIGHTS), DATA[:-1], "end before shape"),
        (model_of(NODES, WEIGHTS), DATA + b"\0", "1 bytes too long"),
    ],
)
def test_files_that_make_no_model_are_refused_in_words(topology: bytes, data: bytes, said: str) -> None:
    with pytest.raises(DamagedFile, match=said):
        read_model(topology, data)


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (1, {"op": "Conv3D"}, "Conv3D of convolved is not known"),
        (1, {"input": ["in", "nothing"]}, "weights nothing are missing"),
        (1, {"input": ["nowhere", "kernel"]}, "operation nowhere is missing"),
        (1, {"attr": {**WINDOW, "padding": text("EXPLICIT")}}, "padding of convolved"),
        (1, {"attr": {**WINDOW, "dilations": {"list": {"i": ["1", "2", "2", "1"]}}}}, "dilated"),
        (1, {"attr": {key: value for key, value in WINDOW.items() if key != "strides"}}, "lacks strides"),
        (1, {"attr": {**WINDOW, "fused_ops": {"list": {"s": [text("Elu")["s"]]}}}}, "activation Elu"),
        (1, {"op": "Maximum"}, "maximum of something unknown"),
        (1, {"op": "Mean"}, "not a mean over rows and columns"),
    ],
)
def test_what_can_not_be_converted_is_refused_in_words(place: int, change: dict[str, Any], said: str) -> None:
    nodes = [{**node, **(change if number == place else {})} for number, node in enumerate(NODES)]
    with pytest.raises(DamagedFile, match=said):
        to_onnx(read_model(model_of(nodes, WEIGHTS), DATA), "small", FEEDING, {"out": (1, 8)})
