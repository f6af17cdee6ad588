"""Limits how often a person's frames may fail a challenge, so that nobody tries bent pictures until one passes.

As with passwords, five failures are free. Each further one blocks twice as long as the one before, at most for 15
minutes, and only challenges: the staff can check the person in by hand meanwhile.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.attempts.tickets import Ticket
from faces.errors import LivenessFailed, PhotoUsedBefore
from foundation import throttles


def check_block(db: Session, ticket: Ticket, now: datetime) -> None:
    """Raise TooManyAttempts while the person is blocked; only for a ticket with a challenge. It only reads."""
    if ticket.steps:
        throttles.check_block(db, _key(ticket.person_id), now=now)


def count_failure(db: Session, person_id: uuid.UUID, refusal: Exception, now: datetime) -> None:
    """Count a refusal if it is a failed challenge."""
    if isinstance(refusal, LivenessFailed):
        throttles.count_failure(db, _key(person_id), now=now)


def forget_failures(db: Session, ticket: Ticket) -> None:
    """Forget the failures of a person who has passed."""
    if ticket.steps:
        throttles.forget(db, _key(ticket.person_id))


@contextmanager
def frames_used_before(ticket: Ticket) -> Iterator[None]:
    """Return a context in which pictures that brought an earlier check-in are frames that show no living person."""
    try:
        yield
    except PhotoUsedBefore as used:
        if not ticket.steps:
            raise
        raise LivenessFailed(photo=used.photo, advice=("live_camera", "follow_steps")) from used


def _key(person_id: uuid.UUID) -> str:
    return f"liveness:{person_id}"
