"""Which kinds of jobs there are, and what does each of them."""

from collections.abc import Mapping

from accounts.jobs import Handler
from attendance import import_jobs

HANDLERS: Mapping[str, Handler] = {**import_jobs.HANDLERS}
