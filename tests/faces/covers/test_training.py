"""The regression that tells covered faces: what it learns, what it must not see, where its threshold lies."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from faces.covers import classifier
from faces.covers.classifier import CARD, WEIGHTS, load_judge
from faces.covers.drawing import STYLES, UNSEEN, FacePart
from faces.covers.features import EYES_NUMBERS, MOUTH_NUMBERS, features
from faces.covers.training import Examples, held_out_scores, threshold_at, train
from faces.covers.views import View, people_in
from faces.engines import train_covers
from faces.engines.train_covers import keep, make_weights, read_kept, write
from faces.model_files.card import UnusableNetwork
from tests.faces.covers.training import CHIP, made_up_views

FACERES = np.random.default_rng(1).normal(size=1024).astype(np.float32)


def made_up(people: int = 20, each: int = 12, numbers: int = 30) -> Examples:
    """Faces whose first number tells the cover, and whose other numbers tell the person."""
    dice = np.random.default_rng(2)
    person = np.repeat(np.arange(people), each)
    is_covered = np.tile(np.arange(each) % 2 == 0, people)
    rows = dice.normal(size=(people, numbers))[person] + dice.normal(0, 0.3, (len(person), numbers))
    rows[:, 0] = is_covered * 2 + dice.normal(0, 0.3, len(person))
    return Examples(rows.astype(np.float32), is_covered, person, np.ones(len(person)))


def test_light_changes_no_gradient() -> None:
    bright = (CHIP.astype(np.int16) + 50).astype(np.uint8)
    one, other = features(CHIP, FACERES), features(bright, FACERES)
    assert one.mouth.shape == (MOUTH_NUMBERS,)
    assert one.eyes.shape == (EYES_NUMBERS,)
    assert np.abs(one.mouth - other.mouth).max() < 0.02
    assert np.abs(one.eyes - other.eyes).max() < 0.02
    assert np.array_equal(one.mouth[:1024], FACERES)


def test_gradients_tell_the_half_that_changed() -> None:
    masked = CHIP.copy()
    masked[85:] = 180
    one, other = features(CHIP, FACERES), features(masked, FACERES)
    assert np.abs(one.mouth - other.mouth).max() > 0.1
    assert np.abs(one.eyes - other.eyes).max() < 0.02


def test_the_regression_learns_what_tells_the_cover() -> None:
    examples = made_up()
    right = (train(examples).scores(examples.rows) > 0) == examples.is_covered
    assert right.mean() > 0.97


def test_a_face_is_scored_by_weights_that_never_saw_its_person() -> None:
    # The labels follow the person alone, so whoever saw a person knows them, and whoever did not can't.
    given = made_up()
    labels = np.random.default_rng(3).random(20) < 0.5
    examples = Examples(given.rows[:, 1:], labels[given.person], given.person, given.weight)
    known = (train(examples).scores(examples.rows) > 0) == examples.is_covered
    held_out = (held_out_scores(examples, examples) > 0) == examples.is_covered
    assert known.mean() > 0.97
    assert held_out.mean() < 0.8


@pytest.mark.parametrize("share", [0.005, 0.01, 0.1])
def test_at_most_the_wanted_share_lies_above_the_threshold(share: float) -> None:
    scores = np.random.default_rng(4).normal(size=997)
    weight = np.random.default_rng(5).uniform(0.5, 2, 997)
    limit = threshold_at(scores, weight, share)
    above = weight[scores > limit].sum() / weight.sum()
    assert share - 0.005 < above <= share


def test_training_writes_weights_that_the_engine_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    views = made_up_views()
    keep(views, tmp_path / "views.npz")
    again = read_kept(tmp_path / "views.npz")
    assert [(view.person, view.style, view.found is None) for view in again] == [
        (view.person, view.style, view.found is None) for view in sorted(views, key=lambda view: view.found is None)
    ]
    made, figures = make_weights(again)
    write(made, {"parts": figures}, tmp_path)
    monkeypatch.setattr(classifier, "_packaged", tmp_path.joinpath)
    judge = load_judge()
    right = [
        ((judge.judge_features(view.found).mouth >= 0.5) == (FacePart.MOUTH in hidden(view)))
        for view in again
        if view.found is not None
    ]
    assert np.mean(right) > 0.95
    (tmp_path / WEIGHTS).write_bytes((tmp_path / WEIGHTS).read_bytes() + b"x")
    with pytest.raises(UnusableNetwork, match=CARD):
        load_judge()


def test_the_packaged_weights_tell_what_they_rest_on() -> None:
    card = json.loads((train_covers.OUT / CARD).read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256((train_covers.OUT / WEIGHTS).read_bytes()).hexdigest()
    assert len(card["folders_sha256"]) == 64
    assert card["people"] >= 80
    assert not {style.name for style in UNSEEN} & set(card["trained_on"])
    assert load_judge().version == card["version"]


def test_the_command_refuses_a_folder_of_few_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "somebody").mkdir()
    (tmp_path / "somebody" / "1.jpg").write_bytes(b"no matter")
    monkeypatch.setattr("sys.argv", ["train-covers", str(tmp_path), "--out", str(tmp_path / "out")])
    assert train_covers.main() == 2
    assert not (tmp_path / "out").exists()


def test_folders_are_people_and_single_photos_are_people_too(tmp_path: Path) -> None:
    for name in ("a/1.jpg", "a/2.jpg", "_one_photo/x.jpg", "_one_photo/y.jpg", "_several/z.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [len(photos) for photos in people_in([tmp_path]).values()] == [1, 1, 2]


def hidden(view: View) -> frozenset[FacePart]:
    return {style.name: style for style in STYLES}[view.style].hides
