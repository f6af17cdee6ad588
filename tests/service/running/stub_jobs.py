"""The real supervisor with real job workers whose handler can be killed: `python -m tests.running.stub_jobs`.

A job of the kind "stub" writes one audit row a step. Where VAR/kill-at-N exists, the step N kills its worker with
SIGKILL, in the middle of its transaction, and takes the file away first. Where VAR/hold exists, step 2 begins by
waiting for VAR/hold to be gone, before its transaction. A worker that nothing wakes looks at the jobs once an hour: no
test waits for that.
"""

import os
import select
import signal
import sys
from collections.abc import Generator
from functools import partial

from sqlalchemy import func
from sqlalchemy import select as sql_select

from foundation import audit
from foundation.jobs import Progress, Result, Work
from models.edge import AuditEntry
from service.configuration.settings import Settings
from service.run import Program, main, prepare
from service.running.job_worker import work
from tests.service.running.stub_service import StubEngine

STEPS = 5
HOUR = 3600.0


def write_rows(settings: Settings, work: Work) -> Generator[Progress, None, Result]:
    """Write what is left of STEPS rows, one a step."""
    mine = sql_select(func.count()).select_from(AuditEntry).where(AuditEntry.subject_id == work.job.id)
    while (done := work.db.scalar(mine) or 0) < STEPS:
        audit.record(work.db, None, work.clock.now(), "stub", work.job)
        work.db.flush()
        deadly = settings.var / f"kill-at-{done}"
        if deadly.exists():
            deadly.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        yield Progress(done + 1, STEPS)
        while done == 1 and (settings.var / "hold").exists():
            select.select([], [], [], 0.02)
    return None


if __name__ == "__main__":
    program = Program(
        prepare=prepare,
        load_engine=lambda settings: StubEngine(),
        sweep=lambda settings: None,
        run_jobs=lambda settings: work(settings, {"stub": partial(write_rows, settings)}, look_seconds=HOUR),
        application="tests.service.running.stub_service:create_app()",
    )
    sys.exit(main(program))
