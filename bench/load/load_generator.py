"""Requests over HTTP from a separate process, as fast as they are answered.

    python -m bench.load.load_generator <job.json >result.json

Closed loop: each connection sends the next request after the answer to the last. It uses only the standard library and
prepares the requests before the start, to use little CPU. It reports that CPU.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass, field

from bench.load.raw_http import RawConnection, head
from bench.load.worker_threads import run_in_threads


@dataclass(frozen=True)
class Job:
    """The load to make. requests: (method, path, index of the token, body); seconds: None until all are done.

    expects: the status of a success; also: another one. keeps_bodies: whether the result has the bodies of the answers.
    """

    port: int
    tokens: list[str]
    requests: list[tuple[str, str, int, str]]
    connections: int
    expects: int
    seconds: float | None = None
    keeps_bodies: bool = False
    also: int | None = None


@dataclass
class Load:
    """The result of a load.

    times: for each success, [end in seconds since the start, milliseconds]. bodies: by the number of the request.
    done: for each success, [number of the request, status].
    """

    times: list[list[float]] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    done: list[list[int]] = field(default_factory=list)
    tried: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


def run(job: Job) -> Load:
    """Send the requests over all connections at once; return the result."""
    made = [
        (head(method, path, job.tokens[token], "Content-Type: application/json"), body.encode())
        for method, path, token, body in job.requests
    ]
    load, left = Load(), iter(enumerate(made))
    began, cpu = time.monotonic(), time.process_time()
    ends = began + job.seconds if job.seconds else float("inf")

    def work() -> None:
        with RawConnection(job.port) as connection:
            # next() on a list's iterator is one step of the interpreter: threads may share it
            while time.monotonic() < ends and (each := next(left, None)) is not None:
                _send(connection, *each, job, load, began)

    run_in_threads(work, count=job.connections)
    load.wall_seconds, load.cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    return load


def _send(connection: RawConnection, place: int, what: tuple[bytes, bytes], job: Job, load: Load, began: float) -> None:
    load.tried += 1
    start = time.monotonic()
    answer = connection.send(*what)
    end = time.monotonic()
    if answer.status in (job.expects, job.also):
        load.times.append([end - began, (end - start) * 1000])
        load.done.append([place, answer.status])
        if job.keeps_bodies:
            load.bodies[place] = answer.body.decode()
    else:
        told = f"{answer.status} {answer.body[:80]!r}"
        load.refused[told] = load.refused.get(told, 0) + 1


if __name__ == "__main__":
    json.dump(asdict(run(Job(**json.load(sys.stdin)))), sys.stdout)
