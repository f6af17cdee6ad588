"""The kinds of jobs, and the handler of each."""

from collections.abc import Mapping

from accounts.enrolment import notices
from attendance.check_in.receipts import Receipts
from attendance.imports.importer import make_importer
from attendance.settlement import settlements
from attendance.settlement.grants import post_grants
from credit.imports.importer import CREDIT_IMPORTS
from foundation.imports.steps import handlers
from foundation.jobs import Handler


def make_handlers(receipts: Receipts, notice_sender: Handler) -> Mapping[str, Handler]:
    """Return the job handlers by kind. receipts: signs the check-ins that jobs make. notice_sender: sends notices."""
    return {
        **handlers(make_importer(receipts)),
        **handlers(CREDIT_IMPORTS),
        settlements.JOB: post_grants,
        notices.JOB: notice_sender,
    }
