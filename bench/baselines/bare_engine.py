"""The bare engine: the largest number of decisions per second of the same engine, without a service around it.

One forked process for each core; they share the loaded engine. Photos and decrypted templates are in memory. There is
no HTTP, no ticket, no database, no queue, and nothing is stored.
"""

import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from faces.engine import FaceEngine, Purpose
from faces.matching.policy import Band, Policy
from faces.matching.template import Template
from faces.matching.verify import verify

HANG_SECONDS = 60.0


@dataclass(frozen=True)
class BareRun:
    """One run. per_second: of all processes together; cpu_ms: of one decision."""

    decisions: int
    per_second: float
    cpu_ms: float


def run(
    engine: FaceEngine, faces: Sequence[tuple[bytes, Template]], policy: Policy, *, processes: int, seconds: float
) -> BareRun:
    """Verify each photo against its template again and again; return the figures. engine: already warm."""
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(processes)
    pipes = [fork.Pipe(duplex=False) for _ in range(processes)]
    workers = [
        fork.Process(target=_work, args=(engine, faces, policy, place, seconds, start, end))
        for place, (_, end) in enumerate(pipes)
    ]
    for worker in workers:
        worker.start()
    for _, end in pipes:
        end.close()
    results: list[tuple[int, float, float]] = []
    for reading, _ in pipes:
        if not reading.poll(seconds + HANG_SECONDS):
            raise TimeoutError("the bare engine hangs")
        results.append(reading.recv())
    for worker in workers:
        worker.join(HANG_SECONDS)
    decisions = sum(count for count, _, _ in results)
    return BareRun(
        decisions=decisions,
        per_second=sum(count / wall for count, wall, _ in results),
        cpu_ms=1000 * sum(cpu for _, _, cpu in results) / decisions,
    )


def _work(
    engine: FaceEngine,
    faces: Sequence[tuple[bytes, Template]],
    policy: Policy,
    place: int,
    seconds: float,
    start: Barrier,
    result: Connection,
) -> None:
    engine.look(faces[place % len(faces)][0], Purpose.CHECK_IN)  # the first look after the fork is slower
    start.wait(HANG_SECONDS)
    began, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        photo, template = faces[(place + count) % len(faces)]
        decision = verify([engine.look(photo, Purpose.CHECK_IN)], template, policy)
        assert decision.band is Band.ACCEPT
        count += 1
    result.send((count, time.perf_counter() - began, time.process_time() - cpu))
