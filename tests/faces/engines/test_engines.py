"""Engines by name: which templates they share, which they keep apart, and what is no engine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from faces.engine import Purpose
from faces.engines.choosing import make_engine, model_of, policies_of, policy_of
from faces.engines.photo_engine import PhotoEngine
from faces.errors import FaceError, UnknownModel
from faces.matching.duplicates import DuplicateBand, search
from faces.matching.index import FaceIndex
from faces.matching.measure import Metric, plain
from faces.matching.policy import Band, PolicySet, load_policies
from faces.matching.template import OtherEngineError, Template, make_template
from faces.matching.verify import verify
from faces.model_files.card import UnusableNetwork, read_card
from tests.faces.engines.other_networks import CARD, NETWORKS, tiny_network, with_card
from tests.photos import people

ROOT = Path(__file__).parents[3]
SHA256 = "sha256"


AT_HAND = range(len(people()))


def photos_of(person: int) -> list[bytes]:
    return [path.read_bytes() for path in list(people().values())[person]]


@pytest.fixture(scope="module", params=NETWORKS, ids=lambda made: made.__name__)
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of an engine by path."""
    made: Callable[[Path], Path] = request.param
    return f"onnx:{made(tmp_path_factory.mktemp('network'))}"


@pytest.fixture(scope="module")
def both(other: str, converted_folder: Path) -> PhotoEngine:
    """The engine of another network that understands templates of dlib's too."""
    return make_engine(other, folder=converted_folder, also=["dlib-onnx"])


def test_templates_of_dlibs_network_are_the_same_whoever_runs_it(engine: PhotoEngine, converted_folder: Path) -> None:
    reference = make_engine("dlib", folder=converted_folder)
    policy = policy_of("dlib-onnx")
    assert policy == policy_of("dlib") == load_policies().policies[-1]
    for one, another in [(engine, reference), (reference, engine)]:
        first, second, *_ = photos_of(0)
        template = make_template([one.look(first, Purpose.ENROL)], policy)
        shown = another.look(second, Purpose.CHECK_IN)
        own = verify([one.look(second, Purpose.CHECK_IN)], template, policy)
        assert verify([shown], template, policy).distance == pytest.approx(own.distance, abs=1e-5)


@pytest.mark.slow
def test_another_network_recognises_by_its_own_numbers_and_policy(other: str, both: PhotoEngine) -> None:
    policy = policy_of(other)
    first, second, *_ = photos_of(0)
    looks = [both.look(photo, Purpose.ENROL) for photo in (first, second)]
    assert {look.engine for look in looks} == {model_of(other)} == {both.name}
    assert looks[0].embedding.shape != (128,)
    assert np.linalg.norm(looks[0].embedding) == pytest.approx(1)
    template = make_template(looks[:1], policy)
    same = verify([both.look(first, Purpose.CHECK_IN)], template, policy)
    assert same.distance < 0.05
    assert same.band is Band.ACCEPT
    stored = Template.from_bytes(template.to_bytes())
    assert np.array_equal(stored.embedding, template.embedding)
    assert stored.engine == model_of(other)


def test_a_real_other_network_tells_people_apart(both: PhotoEngine, other: str) -> None:
    policy = policy_of(other)
    if both.name == "tiny":  # which recognises nobody, but must keep to its distances
        policy = replace(policy, measure=plain(policy.engine, Metric.COSINE))
    enrolled = [make_template([both.look(photos_of(person)[0], Purpose.ENROL)], policy) for person in AT_HAND[:4]]
    for person in AT_HAND[:4]:
        shown = [both.look(photos_of(person)[1], Purpose.CHECK_IN)]
        apart = [verify(shown, template, policy).distance for template in enrolled]
        assert all(0 <= distance <= 2 for distance in apart)
        if both.name != "tiny":
            assert int(np.argmin(apart)) == person


def test_while_the_model_changes_each_template_is_compared_by_the_network_that_made_it(
    both: PhotoEngine, other: str, engine: PhotoEngine
) -> None:
    policies = policies_of([other, "dlib-onnx"])
    assert list(policies) == [model_of(other), "dlib-resnet-v1"]
    first, second, *_ = photos_of(1)
    old = make_template([engine.look(first, Purpose.ENROL)], policies["dlib-resnet-v1"].best)
    new = make_template([both.look(first, Purpose.ENROL)], policies[both.name].best)
    for template in (old, new):
        shown = both.look(second, Purpose.CHECK_IN, template.engine)
        decision = verify([shown], template, policies[template.engine].best)
        assert decision.engine == template.engine
        assert decision.policy_version == policies[template.engine].version
    assert np.array_equal(
        both.look(second, Purpose.CHECK_IN, old.engine).embedding, engine.look(second, Purpose.CHECK_IN).embedding
    )
    with pytest.raises(OtherEngineError):
        verify([both.look(second, Purpose.CHECK_IN)], old, policies[old.engine].best)
    with pytest.raises(OtherEngineError):
        verify([both.look(second, Purpose.CHECK_IN, old.engine)], new, policies[new.engine].best)


def test_a_network_that_an_engine_does_not_have_is_refused(engine: PhotoEngine) -> None:
    with pytest.raises(UnknownModel):
        engine.look(photos_of(0)[0], Purpose.CHECK_IN, "another")
    assert engine.models == {"dlib-resnet-v1"}


def test_duplicates_are_found_by_the_angle_where_the_network_wants_that(both: PhotoEngine, other: str) -> None:
    policy = policy_of(other)
    made = [make_template([both.look(photos_of(person)[0], Purpose.ENROL)], policy) for person in AT_HAND[:3]]
    index, ids = FaceIndex(b"key", policy.measure.metric), [uuid4() for _ in made]
    index.add(ids, np.stack([template.embedding * length for length, template in enumerate(made, 1)]))
    for template, own in zip(made, ids, strict=True):
        finding = search(template, index, PolicySet((policy,)))
        assert (finding.band, finding.match) == (DuplicateBand.CERTAIN, own)
        assert finding.distance == pytest.approx(0, abs=1e-6)
    nearest = index.nearest(made[0].embedding, 3)
    assert nearest[1].distance == pytest.approx(
        min(policy.measure.metric.distance(made[0].embedding, each.embedding) for each in made[1:]), abs=1e-6
    )
    with pytest.raises(ValueError, match="measures otherwise"):
        search(made[0], FaceIndex(b"key"), PolicySet((policy,)))


@pytest.mark.slow
def test_eight_threads_get_the_answers_that_one_gets(both: PhotoEngine) -> None:
    photos = [photos_of(person)[0] for person in AT_HAND[:6]]
    asked = [(photo, model) for photo in photos for model in both.models]
    alone = [both.look(photo, Purpose.CHECK_IN, model).embedding for photo, model in asked]
    with ThreadPoolExecutor(8) as threads:
        looks = list(threads.map(lambda each: both.look(each[0], Purpose.CHECK_IN, each[1]), asked * 2))
    for number, look in enumerate(looks):
        assert np.array_equal(look.embedding, alone[number % len(asked)])


def test_names_that_are_no_engine_are_refused_in_words(tmp_path: Path) -> None:
    for name in ("", "dlib2", "onnx:", "DLIB", "resnet.onnx"):
        with pytest.raises(UnusableNetwork, match="no engine is called"):
            model_of(name)
    with pytest.raises(UnusableNetwork, match=r"nothing\.json"):
        make_engine(f"onnx:{tmp_path / 'nothing.onnx'}", folder=tmp_path)
    path = tiny_network(tmp_path)
    path.unlink()
    with pytest.raises(UnusableNetwork, match=r"tiny\.onnx"):
        make_engine(f"onnx:{path}", folder=tmp_path)


@pytest.mark.parametrize("missing", [key for key in CARD if key != "policy"] + ["policy", SHA256])
def test_a_card_with_something_missing_is_refused_and_says_what(tmp_path: Path, missing: str) -> None:
    path = tiny_network(tmp_path)
    card = json.loads(path.with_suffix(".json").read_text())
    del card[missing]
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(UnusableNetwork, match=missing):
        read_card(path)


@pytest.mark.parametrize(
    "change",
    [
        {"colours": "grey"},
        {"side": 0},
        {"side": "many"},
        {"scale": 0},
        {"scale": float("nan")},
        {"mean": [0, 0]},
        {"model": ""},
        {"alignment": {"kind": "five_points", "points": [[0.1, 0.1]]}},
        {"alignment": {"kind": "dlib_chip", "points": CARD["alignment"]["points"]}},
        {"alignment": {"kind": "by eye"}},
        {"alignment": {"kind": "five_points", "points": [[30, 40]] * 5}},
        {"policy": {**CARD["policy"], "metric": "manhattan"}},
        {"policy": {**CARD["policy"], "match": []}},
        {"policy": []},
    ],
    ids=str,
)
def test_a_card_that_makes_no_sense_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(UnusableNetwork, match="makes no sense"):
        read_card(tiny_network(tmp_path, **change))


def test_a_card_that_describes_another_file_is_refused(tmp_path: Path) -> None:
    for change in ({SHA256: "0" * 64}, {"side": 128}):
        path = tiny_network(tmp_path, **change)
        with pytest.raises(UnusableNetwork, match=r"its card describes|takes"):
            make_engine(f"onnx:{path}", folder=tmp_path)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(UnusableNetwork, match="can't load"):
        make_engine(f"onnx:{with_card(path, CARD)}", folder=tmp_path)


def test_dlibs_own_frame_is_a_way_to_align_too(tmp_path: Path, converted_folder: Path) -> None:
    path = tiny_network(tmp_path, alignment={"kind": "dlib_chip"})
    look = make_engine(f"onnx:{path}", folder=converted_folder).look(photos_of(0)[0], Purpose.CHECK_IN)
    assert look.embedding.shape == (64,)


QUIET = """
import os, sys, pathlib, threading
from faces.engine import Purpose
from faces.engines.choosing import make_engine
from faces.errors import FaceError
engine = make_engine("dlib-onnx", folder=pathlib.Path(sys.argv[1]))
photo = pathlib.Path(sys.argv[2]).read_bytes()
here = engine.look(photo, Purpose.CHECK_IN).embedding
assert len(os.listdir("/proc/self/task")) == 1, "a thread was started, and the supervisor forks"
child = os.fork()
if child == 0:
    os._exit(0 if (engine.look(photo, Purpose.CHECK_IN).embedding == here).all() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.slow
def test_the_engine_starts_no_thread_works_after_a_fork_and_leaves_nothing_in_the_users_home(
    tmp_path: Path, converted_folder: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"), "1")
    environment = {**os.environ, **single, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    command = [sys.executable, "-c", QUIET, str(converted_folder), str(next(iter(people().values()))[0])]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, check=False, timeout=120, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []


def test_nothing_but_one_module_imports_onnx_runtime() -> None:
    # It would report to its maker: faces/model_files/onnx_session.py sets the switch first.
    packages = ("accounts", "attendance", "credit", "faces", "models", "service", "bench")
    found = [
        path.name
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        if "import onnxruntime" in path.read_text() or "from onnxruntime" in path.read_text()
    ]
    assert found == ["onnx_session.py"]


def test_an_unknown_model_is_a_face_error_of_its_own() -> None:
    assert issubclass(UnknownModel, FaceError)
    assert UnknownModel().code == "face_model_unknown"
