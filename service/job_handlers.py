"""Which kinds of jobs there are, and what does each of them."""

from collections.abc import Mapping

from accounts.jobs import Handler
from attendance import import_jobs, settlements
from attendance.settlement_grants import post_grants
from credit import import_jobs as credit_import_jobs

HANDLERS: Mapping[str, Handler] = {**import_jobs.HANDLERS, **credit_import_jobs.HANDLERS, settlements.JOB: post_grants}
