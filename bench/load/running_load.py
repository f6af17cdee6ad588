"""Runs a load in a separate process, and measures the CPU time of the service meanwhile."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.load.load_generator import Job
from tests.service.running.running_service import RunningService

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class LoadResult:
    """The result of a load, with CPU seconds: of the service by kind of process, and of all other programs."""

    result: dict[str, Any]
    service_cpu: dict[str, float]
    others_cpu: float


class RunningLoad:
    """A running load. spent: returns the service's CPU seconds; on_end: called with the number of tried visits."""

    def __init__(
        self,
        module: str,
        job: dict[str, Any],
        spent: Callable[[], dict[str, float]],
        on_end: Callable[[int], None],
    ) -> None:
        self._spent, self._on_end = spent, on_end
        self._before, self._busy = spent(), busy_seconds()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True
        )
        assert self._process.stdin is not None
        json.dump(job, self._process.stdin)
        self._process.stdin.close()

    def finish(self) -> LoadResult:
        """Wait for the end of the load; return the result. Raises RuntimeError if it failed or hung."""
        assert self._process.stdout is not None
        hanging = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        hanging.start()
        try:
            output = self._process.stdout.read()
            if self._process.wait() != 0:
                raise RuntimeError("a load failed; its message is above")
        finally:
            hanging.cancel()
            self._process.kill()
        result = json.loads(output)
        self._on_end(result.get("tried", 0))
        after, busy = self._spent(), busy_seconds()
        service = {kind: round(after[kind] - self._before[kind], 2) for kind in after}
        return LoadResult(result, service, max(0.0, busy - self._busy - sum(service.values()) - result["cpu_seconds"]))


def busy_seconds() -> float:
    """Return the CPU seconds of all programs so far, on the cores that this process may use."""
    cores = psutil.cpu_times(percpu=True)
    return float(sum(sum(cores[core][:3]) for core in os.sched_getaffinity(0)))


def cpu_seconds_of(service: RunningService) -> dict[str, float]:
    """Return the CPU seconds so far of all processes of a service, as its web: face workers are idle in such a load."""
    family = [service.process, *service.process.children(recursive=True)]
    return {"web": sum(sum(each.cpu_times()[:2]) for each in family)}


def load_for(service: RunningService, job: Job, seconds: float) -> LoadResult:
    """Send a job's requests for some seconds; return the measured load. Raises RuntimeError if any was refused."""
    done = RunningLoad(
        "bench.load.load_generator", asdict(job), lambda: cpu_seconds_of(service), lambda tried: None
    ).finish()
    if done.result["refused"] or done.result["wall_seconds"] < seconds:
        raise RuntimeError(f"the load ended early, or was refused: {done.result['refused']}")
    return done
