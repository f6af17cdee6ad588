"""What must hold before anything starts."""

import socket
import time

import pytest

from service.configuration.settings import Settings
from service.running.startup import (
    CannotStart,
    end_stalled_reads,
    listen_later,
    warn_if_nobody_answers_for_privacy,
    warn_if_open_to_others,
)


def test_the_port_stays_shut_until_somebody_listens_and_is_taken_from_then_on() -> None:
    settings = Settings(port=_free_port())
    with listen_later(settings) as listener:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(listener.getsockname(), timeout=5)
        listener.listen()
        socket.create_connection(listener.getsockname(), timeout=5).close()
        with pytest.raises(CannotStart, match="is taken"), listen_later(settings):
            pass


def test_a_client_that_stalls_in_the_middle_of_a_request_lets_go_of_its_thread() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        end_stalled_reads(listener, 0.05)
        with socket.create_connection(listener.getsockname()) as client:
            accepted, _ = listener.accept()
            with accepted:
                client.sendall(b"half a re")
                assert accepted.recv(100) == b"half a re"
                began = time.monotonic()
                with pytest.raises(BlockingIOError):
                    accepted.recv(100)
                assert time.monotonic() - began < 30  # a hang guard


def test_a_name_that_is_no_host_is_refused() -> None:
    with pytest.raises(CannotStart, match="no address of this machine"), listen_later(Settings(host="no such host")):
        pass


@pytest.mark.parametrize(
    ("host", "public_url", "warns"),
    [
        ("127.0.0.1", "", False),
        ("localhost", "http://cme.test", False),
        ("0.0.0.0", "", True),  # noqa: S104 - what is warned of
        ("0.0.0.0", "http://cme.test", True),  # noqa: S104
        ("0.0.0.0", "https://cme.test", False),  # noqa: S104
    ],
)
def test_a_service_that_others_reach_without_a_proxy_says_so_once_in_both_languages(
    host: str, public_url: str, warns: bool, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(host=host, port=_free_port(), public_url=public_url)
    with listen_later(settings) as listener:
        warn_if_open_to_others(settings, listener)
    assert len(caplog.messages) == warns
    assert all("not encrypted" in line and "没有加密" in line for line in caplog.messages)


def test_a_service_without_a_contact_for_privacy_says_so_and_a_demo_does_not(caplog: pytest.LogCaptureFixture) -> None:
    for fine in (Settings(privacy_contact="0571-0000"), Settings(demo=True)):
        warn_if_nobody_answers_for_privacy(fine)
    assert caplog.messages == []
    warn_if_nobody_answers_for_privacy(Settings())
    assert ["PRIVACY_CONTACT is not set" in line and "没有设置" in line for line in caplog.messages] == [True]


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
