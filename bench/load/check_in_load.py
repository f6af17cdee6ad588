"""Whole check-ins over HTTP from a separate process, as fast as the service answers or at a given rate.

    python -m bench.load.check_in_load <job.json >result.json

Closed loop: each connection gets a ticket for the current venue code, sends a photo, and continues with the next visit.
With a rate, each visit has a due time, and its time is measured from then, even if no connection was free.
It uses only the standard library and prepares the bodies before the start, to use little CPU. It reports that CPU.
"""

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.load.raw_http import RawConnection, head
from bench.load.worker_threads import run_in_threads

CODE_SECONDS = 10.0  # a venue code is valid for 15 to 30 seconds
BOUNDARY = "a-boundary-that-no-photo-holds"
TICKET_PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="ticket"\r\n\r\n'.encode()
PHOTO_PART = (
    f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="selfie.jpg"\r\n'
    "Content-Type: image/jpeg\r\n\r\n"
).encode()
LAST_PART = f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass(frozen=True)
class Job:
    """The load to make. visits: (learner, photo, session) by index; seconds: None until all visits are done.

    per_second: the rate; None for as fast as possible. also: a status of success beside 201.
    """

    port: int
    organizer: str
    learners: list[str]
    photos: list[str]
    sessions: list[str]
    visits: list[list[int]]
    connections: int
    seconds: float | None = None
    per_second: float | None = None
    also: int | None = None


@dataclass
class Load:
    """The result of a load. times: for each check-in, [end in seconds since the start, ticket ms, check-in ms].

    done: for each check-in, [number of the visit, status].
    """

    times: list[list[float]] = field(default_factory=list)
    done: list[list[int]] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    tried: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


class _VenueCode:
    """The current venue code of each session, requested again when it is old."""

    def __init__(self, job: Job) -> None:
        self._connection = RawConnection(job.port)
        self._heads = [head("GET", f"/api/v1/sessions/{each}/qr", job.organizer) for each in job.sessions]
        self._shown: dict[int, tuple[float, bytes]] = {}
        self._lock = threading.Lock()

    def scan(self, session: int) -> bytes:
        """Return the body of a request for a ticket with the current code."""
        with self._lock:
            since, body = self._shown.get(session, (0.0, b""))
            if time.monotonic() - since > CODE_SECONDS:
                answer = self._connection.send(self._heads[session])
                assert answer.status == 200, answer
                body = json.dumps({"qr": json.loads(answer.body)["url"], "device_id": "phone-1"}).encode()
                self._shown[session] = (time.monotonic(), body)
            return body


def run(job: Job) -> Load:
    """Make the visits over all connections at once; return the result."""
    load, codes = Load(), _VenueCode(job)
    photos = [PHOTO_PART + Path(each).read_bytes() + LAST_PART for each in job.photos]
    visits = iter(enumerate(job.visits))
    began, cpu = time.monotonic(), time.process_time()
    ends = began + job.seconds if job.seconds else float("inf")

    def work() -> None:
        with RawConnection(job.port) as connection:
            for place, visit in _until(visits, ends):
                start = _await_turn(place, job.per_second, began)
                status = _check_in(connection, job, codes, visit, photos[visit[1]], load, began, start)
                if status in (201, job.also):
                    load.done.append([place, status])

    run_in_threads(work, count=job.connections)
    load.wall_seconds, load.cpu_seconds = time.monotonic() - began, time.process_time() - cpu
    return load


def _await_turn(place: int, per_second: float | None, began: float) -> float:
    """Wait until the visit with this number is due; return the time from which it is measured."""
    if per_second is None:
        return time.monotonic()
    due = began + place / per_second
    time.sleep(max(0.0, due - time.monotonic()))
    return due


def _until(visits: Iterator[tuple[int, list[int]]], ends: float) -> Iterator[tuple[int, list[int]]]:
    """Yield visits until the time ends. All threads share the iterator: next() on it is one step of the interpreter."""
    while time.monotonic() < ends and (visit := next(visits, None)) is not None:
        yield visit


def _check_in(
    connection: RawConnection,
    job: Job,
    codes: _VenueCode,
    visit: list[int],
    photo: bytes,
    load: Load,
    began: float,
    start: float,
) -> int:
    """Get a ticket, check in with a photo, and return the status. A check-in adds its times; a refusal is counted."""
    learner, _, session = visit
    token = job.learners[learner]
    scan = codes.scan(session)
    load.tried += 1
    answer = connection.send(head("POST", "/api/v1/check-in-tickets", token, "Content-Type: application/json"), scan)
    scanned = time.monotonic()
    if answer.status == 201:
        key = f"Idempotency-Key: visit-{session}-{learner}"
        form = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
        ticket = json.loads(answer.body)["ticket"].encode()
        answer = connection.send(head("POST", "/api/v1/check-ins", token, form, key), TICKET_PART + ticket, photo)
    end = time.monotonic()
    if answer.status in (201, job.also):
        load.times.append([end - began, (scanned - start) * 1000, (end - scanned) * 1000])
    else:
        told = f"{answer.status} {_code(answer.body)}"
        load.refused[told] = load.refused.get(told, 0) + 1
    return answer.status


def _code(body: bytes) -> str:
    try:
        content: Any = json.loads(body)
        return str(content["code"])
    except (ValueError, KeyError, TypeError):
        return ""


if __name__ == "__main__":
    json.dump(asdict(run(Job(**json.load(sys.stdin)))), sys.stdout)
