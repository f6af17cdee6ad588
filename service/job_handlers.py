"""Which kinds of jobs there are, and what does each of them."""

from collections.abc import Mapping

from accounts.jobs import Handler
from attendance import settlements
from attendance.settlement_grants import post_grants

HANDLERS: Mapping[str, Handler] = {settlements.JOB: post_grants}
