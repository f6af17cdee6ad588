"""A settlement whose workers are killed: `python -m tests.running.killed_settlement URL JOB KILLS`.

Each worker is a process of its own, forked from this one, which has a single thread. It does the job until it sends
itself SIGKILL right before one of its first statements or commits, which one is drawn by a fixed seed. After each
death the lease is let run out and the sweep sets the job free. The last worker is let live. Prints how many were
killed, and how many statements the last one needed.
"""

import os
import random
import signal
import sys
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from attendance.settlement.grants import post_grants
from attendance.settlement.settlements import JOB
from foundation import jobs
from service.edge.database import prepare_engine
from service.running.job_runner import JobRunner
from tests.fakes import FakeClock

LEASE = timedelta(minutes=1)
PEOPLE_A_STEP = 3
LATEST = 20  # statements, two steps or so: most workers post something before they go


def work(url: str, job_id: uuid.UUID, clock: FakeClock, dies_at: int | None) -> None:
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
    runner.run(job_id)


def set_free(url: str, clock: FakeClock) -> None:
    """Let the lease of the dead worker run out, and sweep."""
    clock.turn(seconds=LEASE.total_seconds() + 1)
    engine = create_engine(url)
    prepare_engine(engine)
    with Session(engine) as db:
        jobs.sweep(db, now=clock.now())
        db.commit()
    engine.dispose()


def main(url: str, job: str, kills: int) -> int:
    """Kill so many workers, then let one live."""
    clock, draw = FakeClock(datetime.now(UTC)), random.Random(20260504)  # noqa: S311 - a course of events, no secret
    killed = 0
    for _ in range(kills):
        child = os.fork()
        if child == 0:
            work(url, uuid.UUID(job), clock, draw.randint(1, LATEST))
            os._exit(0)
        draw.randint(1, LATEST)  # what the child drew
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        set_free(url, clock)
    work(url, uuid.UUID(job), clock, None)
    print(killed)  # noqa: T201 - for the test
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
