"""The command that checks bundles without a network or a database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from credit.proofs import verify
from tests.credit.proofs.proven_bundles import KEYS, Proven, changed

ROOT = Path(__file__).parents[3]


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder that is not ours, without database or settings."""
    environment = {"PATH": os.environ["PATH"]}
    command = [str(ROOT / "scripts" / "verify-proof-bundle"), *arguments]
    return subprocess.run(  # noqa: S603 - our own script
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_the_script_checks_files_offline(proven: Proven, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(proven.keys))
    (tmp_path / "good.json").write_text(proven.text)
    good = run(tmp_path, "--keys", "keys.json", "good.json")
    assert (good.returncode, "2 grants, 10.00 credits" in good.stdout) == (0, True), good.stderr
    assert run(tmp_path, "--keys", "keys.json", "missing.json").returncode == 2


def test_the_script_tells_of_each_file_whether_it_is_proven(
    proven: Proven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {
        "keys": json.dumps(proven.keys),
        "others": json.dumps(KEYS),
        "good": proven.text,
        "bad": changed(proven.text, len(proven.text) - 3, "!"),
        "list": "[]",
        "cut": json.dumps(proven.keys)[:-3],
    }
    for name, content in files.items():
        Path(f"{name}.json").write_text(content)

    def told(keys: str, *names: str) -> tuple[int, list[str], list[str]]:
        code = verify.main(["--keys", f"{keys}.json", *(f"{each}.json" for each in names)])
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    person = proven.scene.person
    proven_line = (
        f"proven good.json: {person.name} {person.cme_number}, 2026-01-01 to 2026-12-31, 2 grants, 10.00 credits, "
        f"30.0 hours, issued {proven.scene.clock.now():%Y-%m-%d} by https://cme.test"
    )
    assert told("keys", "good") == (0, [proven_line], [])
    assert told("keys", "bad", "good") == (1, [proven_line], ["NOT PROVEN bad.json: the text is no proof bundle"])
    assert told("others", "good") == (
        1,
        [],
        ["NOT PROVEN good.json: it was signed with a key that is none of these"],
    )
    for keys in ("good", "list", "cut"):
        assert told(keys, "good") == (2, [], [f"verify-proof-bundle: {keys}.json is no JWK set: download it again"])
    for keys, name in (("keys", "missing"), ("missing", "good")):
        code, out, (line,) = told(keys, name)
        assert (code, out) == (2, [])
        assert line.startswith("verify-proof-bundle: can't read missing.json: ")


def test_the_verifier_imports_no_database() -> None:
    code = "import credit.proofs.verify, sys; print(any(m in sys.modules for m in ('sqlalchemy', 'flask', 'models')))"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "False"
