"""Which kinds of jobs there are, and what does each of them."""

from collections.abc import Mapping

from attendance.check_in.receipts import Receipts
from attendance.imports import jobs
from attendance.settlement import settlements
from attendance.settlement.grants import post_grants
from credit.imports import jobs as credit_import_jobs
from foundation.jobs import Handler


def make_handlers(receipts: Receipts) -> Mapping[str, Handler]:
    """What does the jobs of each kind. receipts: sign the check-ins that jobs make."""
    return {**jobs.handlers(receipts), **credit_import_jobs.HANDLERS, settlements.JOB: post_grants}
