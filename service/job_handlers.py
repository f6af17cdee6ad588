"""Which kinds of jobs there are, and what does each of them."""

from collections.abc import Mapping

from accounts.jobs import Handler

HANDLERS: Mapping[str, Handler] = {}
