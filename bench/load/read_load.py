"""Reads attendance pages from a separate process, one page every few hundredths of a second.

python -m bench.load.read_load <job.json >result.json
"""

import json
import sys
import time
from dataclasses import asdict, dataclass, field

from bench.load.raw_http import RawConnection, head

PATH = "/api/v1/me/attendance"


@dataclass(frozen=True)
class Job:
    """The load to make. learners: a token each; pause_seconds: the wait after each answer."""

    port: int
    learners: list[str]
    seconds: float
    pause_seconds: float = 0.03


@dataclass
class Reads:
    """The result of a load. milliseconds: of each answer."""

    milliseconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0


def run(job: Job) -> Reads:
    """Read the pages in turn until the time is over; return the result."""
    reads = Reads()
    pages = [(RawConnection(job.port), head("GET", PATH, token)) for token in job.learners]
    for connection, wanted in pages:  # the connections are opened before the measurement
        assert connection.send(wanted).status == 200
    cpu, ends = time.process_time(), time.monotonic() + job.seconds
    while time.monotonic() < ends:
        for connection, wanted in pages:
            start = time.perf_counter()
            answer = connection.send(wanted)
            reads.milliseconds.append((time.perf_counter() - start) * 1000)
            assert answer.status == 200, answer
            time.sleep(job.pause_seconds)
    reads.cpu_seconds = time.process_time() - cpu
    return reads


if __name__ == "__main__":
    print(json.dumps(asdict(run(Job(**json.load(sys.stdin))))))
