"""Requests over HTTP, as fast as they are answered: a process of its own.

    python -m bench.load.load_generator <job.json >result.json

Closed loop: each connection sends the next request once it has the answer to the last. Standard library only, and heads
made beforehand, so that what it takes of the shared cores is little, and is reported.
"""

import json
import sys
import time
from dataclasses import asdict, dataclass, field

from bench.load.raw_http import RawConnection, head
from bench.load.worker_threads import work_together


@dataclass(frozen=True)
class Job:
    """What to do. asks: (method, path, token's index, body) each; seconds: None goes on until all are done.

    expects: the status that counts as done. keeps_bodies: give the answers' bodies back.
    """

    port: int
    tokens: list[str]
    asks: list[tuple[str, str, int, str]]
    connections: int
    expects: int
    seconds: float | None = None
    keeps_bodies: bool = False


@dataclass
class Asked:
    """What came of it.

    times: of each request that was done, [end in seconds since the start, milliseconds]. bodies: by the place of the
    request.
    """

    times: list[list[float]] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    bodies: dict[int, str] = field(default_factory=dict)
    tried: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


def run(job: Job) -> Asked:
    """Ask over all connections at once; returns what came of it."""
    made = [
        (head(method, path, job.tokens[token], "Content-Type: application/json"), body.encode())
        for method, path, token, body in job.asks
    ]
    asked, left = Asked(), iter(enumerate(made))
    began, cpu = time.monotonic(), time.process_time()
    ends = began + job.seconds if job.seconds else float("inf")

    def work() -> None:
        with RawConnection(job.port) as connection:
            # next() on a list's iterator is one step of the interpreter: threads may share it
            while time.monotonic() < ends and (each := next(left, None)) is not None:
                _ask(connection, *each, job, asked, began)

    work_together(work, hands=job.connections)
    asked.wall_seconds, asked.cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    return asked


def _ask(
    connection: RawConnection, place: int, what: tuple[bytes, bytes], job: Job, asked: Asked, began: float
) -> None:
    asked.tried += 1
    start = time.monotonic()
    answer = connection.ask(*what)
    end = time.monotonic()
    if answer.status == job.expects:
        asked.times.append([end - began, (end - start) * 1000])
        if job.keeps_bodies:
            asked.bodies[place] = answer.body.decode()
    else:
        told = f"{answer.status} {answer.body[:80]!r}"
        asked.refused[told] = asked.refused.get(told, 0) + 1


if __name__ == "__main__":
    json.dump(asdict(run(Job(**json.load(sys.stdin)))), sys.stdout)
