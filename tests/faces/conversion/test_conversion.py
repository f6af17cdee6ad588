"""dlib's network file becomes an equal ONNX network, or is refused: never a wrong one."""

import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from faces.conversion import check
from faces.conversion.dlib import convert, load_converted
from faces.conversion.dlib_network import read_known_network
from faces.conversion.dlib_to_onnx import to_onnx
from faces.conversion.serialized import DamagedFile, Stream
from faces.engine import Purpose
from faces.engines.networks import ConvertedDlibNetwork, DlibNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.finding.alignment import AlignedFace
from faces.model_files.card import UnusableNetwork
from faces.model_files.dlib_models import NETWORK, NETWORK_SHA256, find_models
from faces.model_files.onnx_session import open_session
from tests.choosing import Sample
from tests.faces.conftest import LookAt, seen_alone
from tests.faces.engines.dlib_engine import DlibEngine
from tests.photos import east_asian_people, east_asian_strangers, people

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def original() -> bytes:
    return (find_models() / NETWORK).read_bytes()


@pytest.fixture(scope="module")
def converted(original: bytes) -> bytes:
    return to_onnx(read_known_network(original))


@pytest.fixture(scope="module")
def outside_tensors(original: bytes) -> np.ndarray:
    """Where in the file the structure lies: all bytes that are no weights."""
    inside = np.zeros(len(original), bool)

    class Noting(Stream):
        def tensor(self, sizes: tuple[int, int, int, int]) -> np.ndarray:
            numbers = super().tensor(sizes)
            inside[self.at - numbers.nbytes : self.at] = True
            return numbers

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("faces.conversion.dlib_network.Stream", Noting)
        read_known_network(original)
    return np.flatnonzero(~inside)


def test_the_file_of_the_package_is_the_one_that_is_pinned(original: bytes) -> None:
    assert hashlib.sha256(original).hexdigest() == NETWORK_SHA256
    assert len(convert(find_models() / NETWORK)) > 20_000_000


def test_on_chips_of_noise_the_numbers_are_dlibs(converted: bytes) -> None:
    chips = check.noise_chips()
    assert np.array_equal(chips, check.noise_chips())
    expected = check.embed_by_dlib(find_models() / NETWORK, chips)
    assert check.refuse_unless_equal(converted, chips, expected) < 1e-5


def test_on_every_face_at_hand_the_numbers_are_dlibs(
    converted_folder: Path, seen: LookAt, aligned: dict[Path, AlignedFace], sample: Sample[Path]
) -> None:
    # dlib's own run of the network takes a quarter of a second a face.
    groups = [*people().values(), *east_asian_people().values(), east_asian_strangers()]
    photos = sample([photo for group in groups for photo in group], 16)
    looks = {photo: look for photo in photos for look in seen_alone(seen, [photo])}
    assert len(looks) >= 0.9 * len(photos)  # some news photos show two people side by side
    dlibs, converted = DlibNetwork(find_models()), ConvertedDlibNetwork(find_models(), converted_folder)
    apart = [np.linalg.norm(dlibs.embed(aligned[photo]) - converted.embed(aligned[photo])) for photo in looks]
    assert max(apart) < 1e-4


def test_the_engines_of_the_two_give_the_same_look(
    converted_folder: Path, reference: DlibEngine, sample: Sample[list[Path]]
) -> None:
    engine = PhotoEngine([ConvertedDlibNetwork(find_models(), converted_folder)])
    for photos in sample(list(people().values()), 3):
        look, other = (each.look(photos[0].read_bytes(), Purpose.ENROL) for each in (engine, reference))
        assert np.linalg.norm(look.embedding - other.embedding) < 1e-4
        assert (look.quality, look.engine) == (other.quality, other.engine)


def test_several_chips_at_once_give_what_each_gives_alone(converted: bytes) -> None:
    session, chips = open_session(converted), check.noise_chips()
    together = session.run(chips)
    assert together.shape == (3, 128)
    for chip, numbers in zip(chips, together, strict=True):
        assert np.allclose(session.run(chip[None])[0], numbers, atol=1e-6)


def refused_or_equal(damaged: bytes | bytearray, converted: bytes) -> bool:
    """Say whether it was refused; what was let in must be the same network to the last bit."""
    try:
        network = read_known_network(damaged, sha256=None)
    except DamagedFile:
        return True
    assert to_onnx(network) == converted
    return False


FEW_OF_FIVE = [0, 1, *(pytest.param(seed, marks=pytest.mark.thorough) for seed in range(2, 5))]


# 1,000 in all. Most of the file is weights, so most are aimed at what isn't.
@pytest.mark.parametrize("seed", FEW_OF_FIVE[:4])
def test_a_file_cut_short_is_refused(original: bytes, converted: bytes, outside_tensors: np.ndarray, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    lengths = [0, *drawn.integers(0, len(original), 14), *drawn.choice(outside_tensors, 60)]
    for length in lengths:
        assert refused_or_equal(original[:length], converted), length


@pytest.mark.parametrize("seed", FEW_OF_FIVE)
def test_a_flipped_bit_in_the_structure_is_refused_or_without_effect(
    original: bytes, converted: bytes, outside_tensors: np.ndarray, seed: int
) -> None:
    copy = bytearray(original)
    flips = [flip for flip in bits(seed, outside_tensors, 100) if refused(copy, converted, *flip)]
    assert 50 <= len(flips) <= 100  # the rest lies in what only training uses


@pytest.mark.parametrize("seed", FEW_OF_FIVE)
def test_a_flipped_bit_in_the_weights_is_refused(original: bytes, converted: bytes, seed: int) -> None:
    inside = np.arange(len(original) - 400_000, len(original) - 100)  # weights of the last layers, and some structure
    copy = bytearray(original)
    for flip in [*bits(seed, np.arange(len(original)), 30), *bits(seed, inside, 10)]:
        refused(copy, converted, *flip)
    assert copy == original


def bits(seed: int, places: np.ndarray, count: int) -> list[tuple[int, int]]:
    drawn = np.random.default_rng(100 + seed)
    return [(int(place), int(drawn.integers(8))) for place in drawn.choice(places, count)]


def refused(copy: bytearray, converted: bytes, place: int, bit: int) -> bool:
    """Flip the bit, try, and flip it back: a copy of 22 MB for each of 700 would take longer than reading it."""
    copy[place] ^= 1 << bit
    try:
        return refused_or_equal(copy, converted)
    finally:
        copy[place] ^= 1 << bit


def test_any_other_file_is_refused_in_words(tmp_path: Path, original: bytes) -> None:
    for name, content in {"empty": b"", "text": b"no network", "longer": original + b"\0"}.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UnusableNetwork, match=f"{name}: .*install face_recognition_models"):
            convert(path)
        with pytest.raises(UnusableNetwork, match=r"byte|expected|many"):
            convert(path, sha256=None)


def test_a_file_that_differs_where_only_training_looks_converts_once_the_pin_is_off(
    tmp_path: Path, original: bytes, converted: bytes
) -> None:
    margin = original.index(b"loss_metric_2") + len(b"loss_metric_2") + 1
    path = tmp_path / "network.dat"
    path.write_bytes(original[:margin] + bytes([original[margin] ^ 1]) + original[margin + 1 :])
    with pytest.raises(UnusableNetwork, match="not the network file that is known"):
        convert(path)
    assert convert(path, sha256=None) == converted


@pytest.mark.parametrize("wrong", ["weights", "layout", "no network"])
def test_a_conversion_that_went_wrong_is_refused_by_the_check(
    monkeypatch: pytest.MonkeyPatch, converted: bytes, wrong: str
) -> None:
    at = len(converted) - 15_000_000
    broken = {
        "weights": converted[:at] + bytes(4000) + converted[at + 4000 :],
        "layout": converted.replace(b"kernel_shape", b"kernel_shapf", 1),
        "no network": b"\0" * 100,
    }[wrong]
    monkeypatch.setattr("faces.conversion.dlib_to_onnx.to_onnx", lambda network: broken)
    with pytest.raises(UnusableNetwork, match=r"not dlib's|can't load"):
        convert(find_models() / NETWORK)


@pytest.fixture
def whole(tmp_path: Path, converted_folder: Path) -> Path:
    """A folder with a converted file, copied from the session's: to convert it takes half a second."""
    load_converted(converted_folder, find_models())
    kept = shutil.copytree(converted_folder, tmp_path / "kept")
    for other in kept.glob("human-*"):  # another conversion's
        other.unlink()
    return kept


def kept_in(folder: Path) -> Path:
    (kept,) = folder.glob("*.onnx")
    return kept


def test_the_converted_file_is_kept_for_its_owner_alone(tmp_path: Path, converted: bytes) -> None:
    folder = tmp_path / "var" / "models"
    assert load_converted(folder, find_models()) == converted
    assert sorted(path.suffix for path in folder.iterdir()) == [".onnx", ".sha256"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_kept_file_is_used_without_the_original(whole: Path, converted: bytes) -> None:
    assert load_converted(whole, whole / "no such folder") == converted


@pytest.mark.parametrize("damage", ["changed", "cut", "gone", "hash changed", "hash gone", "of another version"])
def test_a_kept_file_that_is_not_whole_is_made_anew(whole: Path, converted: bytes, damage: str) -> None:
    kept = kept_in(whole)
    beside = kept.with_suffix(".sha256")
    match damage:
        case "changed":
            kept.write_bytes(converted[:5000] + b"\xff" + converted[5001:])
        case "cut":
            os.truncate(kept, 1000)
        case "gone":
            kept.unlink()
        case "hash changed":
            beside.write_text("0" * 64)
        case "hash gone":
            beside.unlink()
        case "of another version":
            kept.rename(kept.with_name("dlib-resnet-v1-0.onnx"))
    (whole / f"{kept.name}.draft").write_bytes(b"left by a process that was killed")
    assert load_converted(whole, find_models()) == converted
    assert kept.read_bytes() == converted
    assert sorted(whole.iterdir()) == [kept, beside]


def test_a_kept_file_may_not_come_from_a_wrong_original(tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    (models / NETWORK).write_bytes(b"something else")
    with pytest.raises(UnusableNetwork, match="install face_recognition_models"):
        load_converted(tmp_path / "kept", models)
    assert list((tmp_path / "kept").iterdir()) == []


def test_processes_that_convert_at_once_all_get_the_whole_network(tmp_path: Path, converted: bytes) -> None:
    program = (
        "import sys, hashlib, pathlib; from faces.conversion.dlib import load_converted;"
        "from faces.model_files.dlib_models import find_models;"
        "print(hashlib.sha256(load_converted(pathlib.Path(sys.argv[1]), find_models())).hexdigest())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "models")]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]  # noqa: S603
    told = {process.communicate(timeout=120)[0].strip() for process in started}
    assert told == {hashlib.sha256(converted).hexdigest()}
    assert len(list((tmp_path / "models").iterdir())) == 2
