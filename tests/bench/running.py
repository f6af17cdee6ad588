"""Runs a benchmark as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.service.running.running_service import GUARD_SECONDS

ROOT = Path(__file__).parents[2]


def run(results: Path, name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a benchmark as a process of its own, and see that it ends well."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", f"bench.{name}", *options, "--results", str(results)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=3 * GUARD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
