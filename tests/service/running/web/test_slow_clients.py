"""Clients that are slow or silent stop nobody, and honest slow ones are served. Over real connections."""

import contextlib
import http.client
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from service.running.web.incoming import MOST_HELD
from tests.service.running.running_service import GUARD_SECONDS, RunningService, running, until
from tests.service.running.stub_service import LARGE, SECONDS

pytestmark = pytest.mark.slow

STUB = "tests.service.running.stub_service"
MOST_OPEN, THREADS = 60, 4
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SOON = 10.0  # a hang guard, less than what a thread once waited


@contextlib.contextmanager
def open_service(folder: Path, **environment: str) -> Iterator[RunningService]:
    var = folder / "var"
    var.mkdir()
    (var / "go").touch()
    with running(
        STUB, var, WEB_WORKERS="1", WEB_THREADS=str(THREADS), FACE_WORKERS="1", FACE_QUEUE="1", **environment
    ) as started:
        until(started.is_open, "the service opens")
        yield started


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One web worker of four threads that takes sixty connections, and is patient: the machine may be busy."""
    environment = {"GUNICORN_CMD_ARGS": f"--worker-connections {MOST_OPEN}", SECONDS: str(GUARD_SECONDS)}
    with open_service(tmp_path_factory.mktemp("service"), **environment) as started:
        yield started


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """A service that gives a head or a body half a second."""
    with open_service(tmp_path_factory.mktemp("hasty"), **{SECONDS: "0.5"}) as started:
        yield started


def post(path: str, length: int) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()


@contextlib.contextmanager
def clients(service: RunningService, count: int, data: bytes) -> Iterator[list[socket.socket]]:
    """Open connections that send `data` and then nothing."""
    with contextlib.ExitStack() as opened:
        made = []
        for _ in range(count):
            client = opened.enter_context(connect(service))
            client.sendall(data)
            made.append(client)
        yield made


def connect(service: RunningService) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=GUARD_SECONDS)


def pause(seconds: float) -> None:
    select.select([], [], [], seconds)


def answer(client: socket.socket) -> bytes:
    """Return all that comes until the service closes the connection."""
    got = b""
    with contextlib.suppress(ConnectionResetError):
        while more := client.recv(65536):
            got += more
    return got


def answers_soon(service: RunningService) -> bool:
    began = time.monotonic()
    return service.call("GET", "/")[0] == 200 and time.monotonic() - began < SOON


def open_connections(service: RunningService) -> int:
    (worker,) = service.web_workers()
    return sum(each.status != psutil.CONN_LISTEN for each in worker.net_connections("tcp"))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /upload HTTP/1.1\r\nHo",
        b"\r\n\r\n",
        post("/upload", 4000) + b"{",
        b"POST /upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0\r\n\r\n\r\n9\r\n",
        b"POST /upload HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        GET + b"GET / HT",
        post("/unread", MOST_HELD * 2) + b"x" * MOST_HELD,
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
    ids=["nothing", "half a head", "empty lines", "half a body", "chunks", "expect", "second head", "unread", "close"],
)
def test_many_clients_that_send_only_a_part_stop_nobody(service: RunningService, sent: bytes) -> None:
    with clients(service, MOST_OPEN * 2, sent):
        assert all(answers_soon(service) for _ in range(5))


def test_the_connection_that_was_silent_for_longest_makes_room_for_a_new_one(service: RunningService) -> None:
    assert answers_soon(service)  # so all connections of the tests before are accepted by now
    until(lambda: open_connections(service) == 0, "the connections of the tests before are closed")
    with contextlib.ExitStack() as opened:
        (oldest,), (speaks,) = (opened.enter_context(clients(service, 1, data)) for data in (b"", b"GET / "))
        opened.enter_context(clients(service, MOST_OPEN - 4, b""))
        assert answers_soon(service)  # so all of them are accepted by now
        speaks.sendall(b"HTTP/1.1\r\n")
        assert answers_soon(service)
        opened.enter_context(clients(service, 8, b""))
        assert answer(oldest) == b""
        speaks.sendall(b"Host: x\r\nConnection: close\r\n\r\n")
        assert answer(speaks).startswith(b"HTTP/1.1 200")


def test_large_bodies_leave_threads_for_others(service: RunningService) -> None:
    size = MOST_HELD * 2
    with clients(service, THREADS * 2, post("/upload", size) + b"x" * MOST_HELD) as uploads:
        assert all(answers_soon(service) for _ in range(5))
        for upload in uploads:
            upload.sendall(b"x" * (size - MOST_HELD))
        for upload in uploads:
            reply = http.client.HTTPResponse(upload)
            reply.begin()
            assert (reply.status, reply.read()) == (200, b"%d bytes" % size)


@pytest.mark.parametrize("size", [1000, MOST_HELD * 3])
def test_a_body_that_was_cut_is_never_whole(service: RunningService, size: int) -> None:
    chunk = b"%x\r\n" % size
    for head in (
        post("/upload", size),
        post("/upload", 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"),
    ):
        with connect(service) as client:
            client.sendall(head + (chunk if b"chunked" in head else b"") + b"x" * (size // 2))
            client.shutdown(socket.SHUT_WR)
            got = answer(client)
        assert got == b"" or got.startswith(b"HTTP/1.1 400"), got


def test_a_connection_is_kept_for_many_requests_also_when_they_come_in_pieces(service: RunningService) -> None:
    with connect(service) as client:
        for request in (GET, post("/upload", 3) + b"abc", post("/upload", MOST_HELD * 2) + b"x" * (MOST_HELD * 2), GET):
            client.sendall(request[:10])
            client.sendall(request[10:])
            reply = http.client.HTTPResponse(client)
            reply.begin()
            reply.read()
            assert (reply.status, reply.will_close) == (200, False)


def test_requests_that_come_at_once_are_answered_in_order(service: RunningService) -> None:
    last = b"POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab"
    with connect(service) as client:
        client.sendall(post("/upload", 1) + b"a" + GET + last)
        got = answer(client)
    assert got.count(b"HTTP/1.1 200 OK") == 3
    assert got.index(b"1 bytes") < got.index(b'"pid"') < got.index(b"2 bytes")


def test_who_waits_for_leave_to_send_is_told_once(service: RunningService) -> None:
    with connect(service) as client:
        client.sendall(post("/upload", 2).replace(b"Host: x", b"Connection: close\r\nHost: x\r\nExpect: 100-continue"))
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"ab")
        assert answer(client).startswith(b"HTTP/1.1 200 OK")


def test_a_head_beyond_reason_is_refused(service: RunningService) -> None:
    with connect(service) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * (MOST_HELD + 1))
        assert answer(client).startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", b""),
        (b"GET / HT", b"HTTP/1.1 408"),
        (post("/upload", 100) + b"x", b"HTTP/1.1 408"),
        (post("/upload", MOST_HELD * 20) + b"x" * MOST_HELD, b"HTTP/1.1 400"),
    ],
)
def test_a_request_that_takes_too_long_is_ended_although_bytes_keep_coming(
    hasty: RunningService, sent: bytes, told: bytes
) -> None:
    with clients(hasty, 1, sent) as (client,):
        client.settimeout(0.1)
        got, ends = b"", time.monotonic() + GUARD_SECONDS
        while time.monotonic() < ends:
            with contextlib.suppress(TimeoutError):
                got += (more := client.recv(1000))
                if not more or got:
                    break
            with contextlib.suppress(OSError):
                client.sendall(b"x" if sent else b"")
        else:
            raise AssertionError("the connection stays open")
    assert got.startswith(told)
    assert bool(got) == bool(told)


def test_a_slow_phone_may_take_longer_than_the_time_for_a_small_body(hasty: RunningService) -> None:
    parts, size = 20, 16_000
    with connect(hasty) as client:
        client.sendall(post("/upload", parts * size))
        for _ in range(parts):
            client.sendall(b"x" * size)
            pause(0.16)  # a hundred kilobytes a second
        reply = http.client.HTTPResponse(client)
        reply.begin()
        assert reply.read() == b"%d bytes" % (parts * size)


def test_a_stream_of_events_is_not_cut(hasty: RunningService) -> None:
    status, got = hasty.call("GET", "/events")
    assert (status, got.count(b"data:")) == (200, 3)


def test_clients_that_do_not_read_their_answers_stop_nobody(hasty: RunningService) -> None:
    with clients(hasty, THREADS * 2, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n") as readers:
        assert answers_soon(hasty)
        got = sum(len(answer(reader)) for reader in readers[:1])
        assert got < LARGE


def test_a_large_answer_comes_whole_to_a_client_that_reads(hasty: RunningService) -> None:
    status, got = hasty.call("GET", "/large")
    assert (status, len(got)) == (200, LARGE)
