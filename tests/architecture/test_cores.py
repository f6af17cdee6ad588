"""Nothing that tests import or do takes cores away from the tests that come after."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bench.measuring import pin
from tests.cores import KeptCores


@pytest.fixture
def cores() -> Iterator[set[int]]:
    before = os.sched_getaffinity(0)
    if len(before) < 2:
        pytest.skip("one core can't become fewer")
    yield before
    os.sched_setaffinity(0, before)


def test_a_test_that_leaves_its_worker_on_fewer_cores_fails_and_the_next_has_them_back(cores: set[int]) -> None:
    watch = KeptCores()
    os.sched_setaffinity(0, {min(cores)})
    with pytest.raises(pytest.fail.Exception, match=f"on 1 of {len(cores)} cores"):
        watch.pytest_collection_finish()
    assert os.sched_getaffinity(0) == cores
    watch.pytest_collection_finish()


def test_importing_a_benchmark_pins_nothing(cores: set[int]) -> None:
    assert pin(1) == [min(cores)]
    assert os.sched_getaffinity(0) == cores


def test_running_a_benchmark_pins_it(cores: set[int]) -> None:
    code = (
        "import os, runpy, sys; sys.argv = ['copies', '--help']\n"
        "try: runpy.run_module('bench.copies', run_name='__main__', alter_sys=True)\n"
        "except SystemExit: print(len(os.sched_getaffinity(0)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert told.stdout.split()[-1] == "1"
