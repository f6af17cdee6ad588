"""`scripts/serve --demo --lan`: a certificate for the address by which phones reach this machine."""

import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service import run_on_lan
from service.commands import lan
from service.edge.answers.event_streams import has_closed
from service.running.processes import fork
from service.running.web.tls_front import forward

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_a_certificate_is_good_for_its_address_and_its_key_is_nobody_elses(tmp_path: Path) -> None:
    certificate, key = lan.keep_certificate(tmp_path / "lan", "192.0.2.7", now=datetime.now(UTC))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    told = ssl._ssl._test_decode_cert(str(certificate))  # type: ignore[attr-defined]
    assert ("IP Address", "192.0.2.7") in told["subjectAltName"]
    assert key.stat().st_mode & 0o077 == 0


def test_a_certificate_stays_until_its_last_week(tmp_path: Path) -> None:
    first, _ = lan.keep_certificate(tmp_path, "192.0.2.7", now=NOW)
    before = first.read_bytes()
    lan.keep_certificate(tmp_path, "192.0.2.7", now=NOW + timedelta(days=80))
    assert first.read_bytes() == before
    lan.keep_certificate(tmp_path, "192.0.2.7", now=NOW + timedelta(days=84))
    assert first.read_bytes() != before


def test_a_machine_without_a_network_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(lan, "own_address", lambda: None)
    assert run_on_lan.main() == 1
    assert capsys.readouterr() == ("", "serve: this machine has no address in a network\n")


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[tuple[ssl.SSLSocket, ssl.SSLSocket]]:
    """The two ends of a TLS connection: the server's and the client's."""
    certificate, key = lan.keep_certificate(tmp_path, "192.0.2.7", now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    ours, theirs = socket.socketpair()
    made: list[ssl.SSLSocket] = []
    shaking = threading.Thread(target=lambda: made.append(trusting.wrap_socket(theirs)))
    shaking.start()
    server = context.wrap_socket(ours, server_side=True)
    shaking.join()
    with server, made[0]:
        yield server, made[0]


def test_a_stream_over_tls_sees_whether_its_client_is_there(connected: tuple[ssl.SSLSocket, ssl.SSLSocket]) -> None:
    server, client = connected
    client.sendall(b"GET /board HTTP/1.1\r\n")
    assert not has_closed(server)
    assert server.recv(3) == b"GET"  # the look took no byte
    client.close()
    assert has_closed(server)
    server.close()
    assert has_closed(server)


def test_bytes_go_through_tls_to_the_plain_port_and_back(tmp_path: Path) -> None:
    certificate, key = lan.keep_certificate(tmp_path, "127.0.0.1", now=datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as plain, socket.create_server(("127.0.0.1", 0)) as front:
        port = front.getsockname()[1]
        child = fork(lambda: forward(front, certificate, key, plain.getsockname()), dies_by=signal.SIGKILL)
        try:
            trusting = ssl.create_default_context(cafile=str(certificate))
            raw = socket.create_connection(("127.0.0.1", port), timeout=20)
            with trusting.wrap_socket(raw, server_hostname="127.0.0.1") as client:
                client.sendall(b"a photo" * 30_000)
                inner, _ = plain.accept()
                with inner:
                    inner.settimeout(20)
                    assert inner.makefile("rb").read(210_000) == b"a photo" * 30_000
                    inner.sendall(b"taken")
                assert client.recv(5) == b"taken"
                assert client.recv(1) == b""  # the end of one side ends the other
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
