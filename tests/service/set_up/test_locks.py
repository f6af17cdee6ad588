"""The locks agree with each other, and with the Pythons that the set-up takes."""

from configparser import ConfigParser

import pytest
from packaging.requirements import Requirement

from tests.service.set_up.checkouts import ROOT

pytestmark = pytest.mark.slow
LOCKS = ("requirements.lock", "requirements-optional.lock", "requirements-test.lock")


def test_the_test_lock_holds_all_of_the_other_locks() -> None:
    pinned = {name: {str(pin) for pin in _pins(name)} for name in LOCKS}
    assert pinned["requirements.lock"]
    assert pinned["requirements.lock"] <= pinned["requirements-optional.lock"] <= pinned["requirements-test.lock"]


def test_the_locks_name_the_same_packages_for_every_python_and_machine() -> None:
    machines = [
        {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.1", "platform_machine": machine}
        for minor in range(11, 15)
        for machine in ("x86_64", "aarch64")
    ]
    for pin in (pin for name in LOCKS for pin in _pins(name)):
        wanted = {pin.marker is None or pin.marker.evaluate(machine) for machine in machines}
        assert len(wanted) == 1, pin


def test_packaging_and_set_up_agree_on_the_pythons() -> None:
    metadata = ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    assert metadata["options"]["python_requires"] == ">=3.11,<3.15"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 14)" in (ROOT / "scripts" / "setup.sh").read_text()


def _pins(lock: str) -> list[Requirement]:
    lines = (ROOT / lock).read_text().splitlines()
    return [Requirement(line.rstrip(" \\")) for line in lines if "==" in line and not line.startswith((" ", "#"))]
