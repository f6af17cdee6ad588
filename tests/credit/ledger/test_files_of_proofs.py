"""`scripts/verify-ledger` says in one line what is wrong with a file; it ends with 2: nothing is proven or refuted."""

import json
from pathlib import Path

import pytest

from credit.ledger.verify import main
from tests.credit.conftest import CreditScene

PROOF = {"head": "a.b.c", "leaf": '{"position":0}', "index": 0, "path": []}
WRONG = {
    "cut": (json.dumps(PROOF)[:-9], "file is not JSON, or only a part of it"),
    "empty": ("", "file is not JSON, or only a part of it"),
    "a page": ("<!doctype html>", "file is not JSON, or only a part of it"),
    "a list": ("[]", "file is not an answer of /api/v1/ledger-entries/…/proof: head, leaf, index, path is missing"),
    "another answer": (json.dumps({"size": 3}), "head, leaf, index, path is missing"),
    "a word for a number": (json.dumps(PROOF | {"index": "one"}), "proof: index is missing or of another kind"),
}


def said(capsys: pytest.CaptureFixture[str], folder: Path, kind: str, *names: str) -> str:
    """Run a check that must end with 2; gives its one line."""
    assert main(["--keys", str(folder / "keys"), kind, *(str(folder / name) for name in names)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("verify-ledger: ")
    return line


@pytest.fixture
def folder(scene: CreditScene, tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    (made / "keys").write_text(scene.api.get("/.well-known/jwks.json").text, encoding="utf-8")
    return made


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_that_is_no_proof_is_told(folder: Path, wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    content, why = WRONG[wrong]
    (folder / "file").write_text(content, encoding="utf-8")
    assert why in said(capsys, folder, "inclusion", "file")


def test_a_refusal_of_the_service_is_told_with_what_to_do(
    scene: CreditScene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = scene.api.get("/ledger/head")
    assert refused.status_code == 404
    (folder / "head").write_text(refused.text, encoding="utf-8")
    (folder / "leaves").write_text("", encoding="utf-8")
    line = said(capsys, folder, "ledger", "leaves", "head")
    assert "head holds a refusal of the service: 404 head_not_signed" in line
    assert refused.json["hint"] in line
    (folder / "keys").write_text(refused.text, encoding="utf-8")
    assert "keys holds a refusal" in said(capsys, folder, "inclusion", "head")


def test_files_that_are_not_there_or_are_no_text_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "can't read" in said(capsys, folder, "inclusion", "gone")
    assert "can't read" in said(capsys, folder, "consistency", "")
    (folder / "file").write_bytes(b"\xff\xfe\x00")
    assert "is not JSON" in said(capsys, folder, "consistency", "file")


def test_leaves_that_were_cut_are_told_with_their_line(
    scene: CreditScene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(2):
        scene.load(scene.row(number))
    (folder / "head").write_text(scene.authority.post("/ledger/heads").text, encoding="utf-8")
    leaves = [f"{leaf}\n" for leaf in scene.authority.get("/ledger/leaves").json["items"]]
    assert len(leaves) > 1
    (folder / "leaves").write_text("".join(leaves)[:-20], encoding="utf-8")
    line = said(capsys, folder, "ledger", "leaves", "head")
    assert f"line {len(leaves)} of the leaves is no leaf: was the file cut?" in line


def test_what_else_the_service_signed_is_no_tree_head(
    scene: CreditScene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.load(scene.row())
    head = scene.authority.post("/ledger/heads").json
    parts = scene.learner.get("/me/proof-bundle.json?from=2018-01-01&to=2018-12-31").json
    bundle = f"{parts['protected']}.{parts['payload']}.{parts['signature']}"
    (folder / "leaves").write_text("".join(f"{leaf}\n" for leaf in scene.authority.get("/ledger/leaves").json["items"]))
    for token, code, why in (
        (head["token"], 0, "proven: all 1 entries"),
        (bundle, 1, "NOT PROVEN: the signature is on something else than a tree head"),
    ):
        (folder / "head").write_text(json.dumps(head | {"token": token}))
        names = [str(folder / name) for name in ("keys", "leaves", "head")]
        assert main(["--keys", names[0], "ledger", *names[1:]]) == code
        said_here = capsys.readouterr()
        assert (said_here.out + said_here.err).startswith(why)


def test_a_ledger_that_grew_since_the_head_is_proven_up_to_the_head(
    scene: CreditScene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        scene.load(scene.row(number))
        if number == 1:
            (folder / "head").write_text(scene.authority.post("/ledger/heads").text)
    leaves = [f"{leaf}\n" for leaf in scene.authority.get("/ledger/leaves").json["items"]]
    ran = ["--keys", str(folder / "keys"), "ledger", str(folder / "leaves"), str(folder / "head")]
    (folder / "leaves").write_text("".join(leaves))
    assert (main(ran), capsys.readouterr().out.startswith("proven: all 2 entries")) == (0, True)
    (folder / "leaves").write_text(leaves[0] + leaves[2])
    assert main(ran) == 1
    assert "the entry at position 1 is missing" in capsys.readouterr().err


def test_a_path_that_is_no_list_of_hashes_is_told(
    scene: CreditScene, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.load(scene.row())
    token = scene.authority.post("/ledger/heads").json["token"]
    for path in ([1], ["no hexadecimal digits"], [None]):
        (folder / "file").write_text(json.dumps(PROOF | {"head": token, "path": path}))
        line = said(capsys, folder, "inclusion", "file")
        assert line == "verify-ledger: a value in the files can't be read: download them again"


def test_an_entry_that_is_not_there_has_no_proof(scene: CreditScene) -> None:
    for who in (scene.learner, scene.authority):
        reply = who.get(f"/ledger-entries/{scene.person.id}/proof")
        assert (reply.status_code, reply.json["code"]) == (404, "not_found")
