"""What the tests of checking in share with others."""

import threading
from typing import Any

from sqlalchemy import select

from models.attendance import CheckIn, CheckInAttempt
from tests.api import Reply
from tests.attendance.conftest import Scene

DOUBTFUL = 0.56  # with one enrolment photo: accepted to 0.52, reviewed to 0.60, by plain distance


def rows(scene: Scene) -> list[CheckIn]:
    scene.db.rollback()
    wanted = select(CheckIn).order_by(CheckIn.id).execution_options(populate_existing=True)
    return list(scene.db.scalars(wanted))


def results(scene: Scene) -> list[str]:
    scene.db.rollback()
    return list(scene.db.scalars(select(CheckInAttempt.result).order_by(CheckInAttempt.id)))


def code_of(reply: Reply) -> tuple[int, str]:
    return reply.status_code, reply.json["code"]


def at_once(number: int, call: Any) -> list[Reply]:
    """What `number` calls at the same moment answered."""
    gate, replies = threading.Barrier(number, timeout=60), []

    def one() -> None:
        gate.wait()
        replies.append(call())

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(replies) == number
    return replies
