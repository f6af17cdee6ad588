"""A settlement whose workers are killed: `python -m tests.running.killed_settlement URL KILLS`.

Each worker is a process of its own, forked from this one, which has a single thread. It does the job until it sends
itself SIGKILL right before one of its first statements or commits, which one is drawn by a fixed seed. After each
death the lease is let run out, so that the next worker takes the job. The last worker is let live. Prints how many were
killed, and how many statements the last one needed.
"""

import gc
import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import create_engine, event
from sqlalchemy.orm import configure_mappers

from attendance.settlement.grants import post_grants
from attendance.settlement.settlements import JOB
from service.edge.database import prepare_engine
from service.running.job_runner import JobRunner
from tests.fakes import FakeClock

LEASE = timedelta(minutes=1)
PEOPLE_A_STEP = 3
LATEST = 20  # statements, two steps or so: most workers post something before they go


def work(url: str, clock: FakeClock, dies_at: int | None) -> None:
    """Do the job, and die before statement or commit number `dies_at`."""
    engine = create_engine(url)
    prepare_engine(engine)
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    runner = JobRunner(engine, {JOB: partial(post_grants, most=PEOPLE_A_STEP)}, clock, LEASE)
    runner.run_next()


def main(url: str, kills: int) -> int:
    """Kill so many workers, then let one live."""
    configure_mappers()  # once, and not by each worker in its turn
    gc.freeze()
    clock, draw = FakeClock(datetime.now(UTC)), random.Random(20260504)  # noqa: S311 - a course of events, no secret
    killed = 0
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            work(url, clock, draw.randint(1, LATEST))
            os._exit(0)
        draw.randint(1, LATEST)  # what the child drew
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        clock.turn(seconds=LEASE.total_seconds() + 1)
    work(url, clock, None)
    print(killed)  # noqa: T201 - for the test
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
