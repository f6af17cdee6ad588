"""dlib's network in eight bits: another model, that says so, and still tells people apart."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from faces.engine import Look, Purpose
from faces.engines.choosing import make_engine, model_of, policies_of
from faces.engines.quantize import FEWEST_FACES, aligned_faces, card_of, movement, quantize, write
from faces.finding.alignment import AlignedFace
from faces.matching.policy import load_policy
from faces.model_files.card import UnusableNetwork, read_card
from faces.model_files.dlib_models import NETWORK, find_models
from tests.faces.conftest import LookAt
from tests.photos import people

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
COPIED = ("match", "one_person", "strangers", "wrongly_certain", "wrongly_held", "same_photo")


@pytest.fixture(scope="module")
def original() -> bytes:
    return (find_models() / NETWORK).read_bytes()


@pytest.fixture(scope="module")
def faces() -> list[AlignedFace]:
    """As few as are allowed; some twice where there are fewer photos at hand."""
    found = aligned_faces([group[0] for group in people().values()], Purpose.CHECK_IN)
    return (found * FEWEST_FACES)[:FEWEST_FACES]


@pytest.fixture(scope="module")
def quantized(original: bytes, faces: list[AlignedFace], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network quantized on these faces, with its card."""
    path = tmp_path_factory.mktemp("quantized") / "int8" / "network.onnx"
    write(quantize(original, faces), path)
    return path


def test_it_is_used_by_its_path_and_people_are_nearest_to_themselves(
    quantized: Path, seen: LookAt, tmp_path: Path
) -> None:
    engine = make_engine(f"onnx:{quantized}", folder=tmp_path)
    groups = list(people().values())[:4]
    enrolled, shown = ([engine.look(group[at].read_bytes(), Purpose.ENROL) for group in groups] for at in (0, 1))
    for number, look in enumerate(shown):
        assert int(np.argmin([apart(look, other) for other in enrolled])) == number
    for group, look in zip(groups, enrolled, strict=True):
        assert 0 < apart(look, seen(group[0])) < 0.15  # near what the floats give, and not the same


def test_it_is_another_model_with_thresholds_that_are_plainly_not_its_own(quantized: Path) -> None:
    card, plain = read_card(quantized), load_policy()
    assert card.model.startswith("dlib-resnet-v1-int8-")
    assert card.policy.version == "dlib-plain-1-copied-not-calibrated"
    assert card.policy.source.startswith("NOT CALIBRATED")
    assert all(getattr(card.policy, name) == getattr(plain, name) for name in COPIED)
    assert card.policy.measure.metric is plain.measure.metric
    assert set(policies_of(["dlib-onnx", f"onnx:{quantized}"])) == {"dlib-resnet-v1", model_of(f"onnx:{quantized}")}


def test_names_and_versions_fit_where_check_ins_keep_them(quantized: Path) -> None:
    card = read_card(quantized)
    assert max(len(card.model), len(card.policy.version)) <= 40


def test_the_same_faces_give_the_same_file_and_others_another_model(
    original: bytes, faces: list[AlignedFace], quantized: Path
) -> None:
    again, of_one_face = quantize(original, faces), quantize(original, faces[:1] * FEWEST_FACES)
    assert again == quantized.read_bytes()
    assert card_of(of_one_face)["model"] != read_card(quantized).model
    assert len(again) < len(original) / 3


def test_faces_that_ranges_were_measured_on_move_little(
    original: bytes, faces: list[AlignedFace], quantized: Path
) -> None:
    moved = movement(quantized.read_bytes(), original, faces[:4])
    assert moved.shape == (4,)
    assert 0 < moved.min() <= moved.max() < 0.15


def test_too_few_faces_and_files_that_are_not_dlibs_are_refused(original: bytes, faces: list[AlignedFace]) -> None:
    with pytest.raises(UnusableNetwork, match="19 faces are too few"):
        quantize(original, faces[1:])
    with pytest.raises(UnusableNetwork, match="install face_recognition_models"):
        quantize(original[:-1], faces)


def test_without_the_onnx_package_one_line_says_so_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch, original: bytes
) -> None:
    for name in [name for name in sys.modules if name.startswith("onnxruntime.quantization")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(UnusableNetwork, match=r"the package onnx, of requirements-test\.lock"):
        quantize(original, [])


def test_the_command_ends_in_one_line_where_a_folder_has_no_faces(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "faces.engines.quantize", str(tmp_path), "--out", str(tmp_path / "made.onnx")]
    home = {**os.environ, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    home.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=home, check=False, timeout=120, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr == f"quantize: 0 faces are too few to measure ranges on: at least {FEWEST_FACES}\n"
    assert list(tmp_path.iterdir()) == []  # nor did ONNX Runtime leave anything in the home


def test_the_card_is_json_that_names_the_file_it_belongs_to(quantized: Path) -> None:
    card = json.loads(quantized.with_suffix(".json").read_text())
    assert card == card_of(quantized.read_bytes())


def apart(one: Look, other: Look) -> float:
    return float(np.linalg.norm(one.embedding - other.embedding))
