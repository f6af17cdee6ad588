"""The packaged thresholds are made from a folder of people by one command, and the file says which folder."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from faces.engines.choosing import policies_of
from faces.matching.policy import PACKAGED, PolicySet, load_policies, read_policy
from service.commands import package_policy
from service.commands.package_policy import POLICIES, digest_of, main
from tests.fakes import FakeEngine, face
from tests.photos import east_asian_people

pytestmark = [pytest.mark.either_database]

BOTH = ("dlib-resnet-v1", "human-faceres-3.3.6")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Forty-four people with four photos each, for the fake engine; files are written beside them."""
    made = tmp_path / "people"
    for number in range(44):
        (made / f"p{number:02d}").mkdir(parents=True)
        for place in range(4):
            (made / f"p{number:02d}" / f"{place}.jpg").write_bytes(face(f"p{number}", off=0.1 * place))
    monkeypatch.setattr(package_policy, "make_engine", lambda name, folder: FakeEngine())
    monkeypatch.setattr(package_policy, "POLICIES", tmp_path)
    monkeypatch.setattr(package_policy, "SPLITS", 3)
    return made


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["package-policy", *arguments])
    return main()


@pytest.mark.slow
def test_a_file_is_made_of_a_folder_and_checked_against_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, str(folder), "--name", "packaged-test-1") == 0
    made = json.loads((folder.parent / "packaged-test-1.json").read_text())
    assert made["folder"] == {
        "name": "people", "sha256": digest_of(folder), "people": 44, "photos": 176, "refused": 0
    }  # fmt: skip
    both, alone = PolicySet(tuple(read_policy(each) for each in made["policies"])).policies
    assert (both.measure.models, alone.measure.models) == (BOTH, BOTH[:1])
    assert both.guard == alone.guard == load_policies().best.guard
    assert (both.wrongly_held, len(both.one_person)) == (0.005, 3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["odd"] * 6 + ["even"] * 6
    assert run(monkeypatch, str(folder), "--name", "packaged-test-1", "--check") == 0
    (folder / "p00" / "0.jpg").write_bytes(face("somebody else"))
    assert run(monkeypatch, str(folder), "--name", "packaged-test-1", "--check") == 1
    assert "the folder is another one" in capsys.readouterr().out


def test_too_few_people_and_a_missing_network_make_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lone = FakeEngine()
    lone.also = ()
    monkeypatch.setattr(package_policy, "make_engine", lambda name, folder: lone)
    assert run(monkeypatch, str(folder), "--name", "packaged-test-1") == 2
    monkeypatch.setattr(package_policy, "make_engine", lambda name, folder: FakeEngine())
    for photo in folder.glob("p[1-4]*/*"):
        photo.unlink()
    assert run(monkeypatch, str(folder), "--name", "packaged-test-1") == 2
    assert not (folder.parent / "packaged-test-1.json").exists()


def test_the_packaged_file_names_the_folder_it_was_made_of_and_holds_means_only() -> None:
    content: dict[str, Any] = json.loads((POLICIES / f"{PACKAGED}.json").read_text())
    assert (content["version"], content["folder"]["people"]) == (PACKAGED, 78)
    assert [policy["version"] for policy in content["policies"]] == [PACKAGED] * 2
    assert [[part["model"] for part in policy["measure"]] for policy in content["policies"]] == [[*BOTH], [BOTH[0]]]
    assert {each["chosen_on"] for each in content["halves"]} == {"odd", "even"}
    photos = east_asian_people()
    if photos and (beside := next(iter(photos.values()))[0].parents[1]).name == content["folder"]["name"]:
        assert digest_of(beside) == content["folder"]["sha256"]


def test_engines_of_dlibs_network_are_served_by_it_and_other_networks_by_their_card() -> None:
    for name in ("dlib-onnx+faceres", "dlib+faceres"):
        assert policies_of([name]) == {BOTH[0]: load_policies()}
    for name in ("dlib-onnx", "dlib"):
        assert policies_of([name])[BOTH[0]].policies == load_policies().policies[-1:]
