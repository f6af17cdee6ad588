"""What the tests of settling in any order share with others."""

from datetime import timedelta
from functools import partial

from apiflask import APIFlask

from attendance.settlement.grants import post_grants
from attendance.settlement.settlements import JOB
from service.edge.database import db as flask_db
from service.running.job_runner import JobRunner
from tests.fakes import FakeClock


def work(app: APIFlask, clock: FakeClock, is_cut_short: bool) -> None:
    """Do the jobs that are due, one person a step; cut short, the first of them for a step only."""
    with app.app_context():
        handlers = {JOB: partial(post_grants, most=1)}
        runner = JobRunner(flask_db.engine, handlers, clock, timedelta(minutes=1), lambda: is_cut_short)
    while runner.run_next() and not is_cut_short:
        pass
