"""What counts as a request that has arrived, and how long it may take."""

import pytest

from service.edge.requests.body_limits import ANONYMOUS
from service.running.web.incoming import BODY_SECONDS, BYTES_A_SECOND, HEAD_SECONDS, MOST_HELD, Incoming

HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def with_length(length: int) -> bytes:
    return HEAD + b"content-LENGTH:\t%d\r\n\r\n" % length


def after(data: bytes, piece: int = 10**9) -> Incoming:
    """A request after all of `data` has come in pieces."""
    incoming = Incoming(100.0)
    for at in range(0, len(data), piece):
        incoming.add(data[at : at + piece], 100.0)
    return incoming


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 10**9])
@pytest.mark.parametrize(
    "whole",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        with_length(5) + b"12345",
        CHUNKED + b"5\r\n12345\r\n0\r\n\r\n",
        CHUNKED + b"5;a=b\r\n0\r\n\r\n\r\n0\r\nTrailer: x\r\n\r\n",
        HEAD + b"transfer-encoding: gzip, Chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_a_request_is_ready_with_its_last_byte_and_not_before(whole: bytes, piece: int) -> None:
    assert not after(whole[:-1], piece).is_ready
    assert after(whole, piece).is_ready
    assert not after(whole, piece).is_large


def test_an_empty_line_is_no_head() -> None:
    assert not after(b"\r\n\r\n").is_ready


def test_what_follows_a_request_belongs_to_the_next_one() -> None:
    assert after(with_length(1) + b"1GET / HT").is_ready
    assert not after(with_length(1) + b"1GET / HT").is_large


@pytest.mark.parametrize("lines", [b"zz\r\n", b"-5\r\n"])
def test_chunks_that_are_not_valid_are_left_to_the_parser(lines: bytes) -> None:
    assert after(CHUNKED + lines).is_ready


@pytest.mark.parametrize("head", [with_length(10**6), CHUNKED + b"%x\r\n" % 10**6])
def test_a_thread_begins_with_a_large_body_once_enough_of_it_has_come(head: bytes) -> None:
    almost = after(head + b"x" * (MOST_HELD - 20))
    assert not almost.is_ready
    almost.add(b"x" * 20, 101.0)
    assert (almost.is_ready, almost.is_large) == (True, True)


def test_no_body_of_a_stranger_makes_a_thread_wait() -> None:
    assert ANONYMOUS.most_json <= MOST_HELD


def test_a_head_has_a_total_time_whatever_comes() -> None:
    incoming = Incoming(100.0)
    assert incoming.is_silent
    incoming.add(HEAD, 109.0)
    assert (incoming.is_silent, incoming.due, incoming.heard_at) == (False, 100.0 + HEAD_SECONDS, 109.0)


def test_a_body_gets_time_for_each_byte_that_came_and_none_for_what_it_announces() -> None:
    incoming = Incoming(100.0)
    incoming.add(with_length(10**9), 105.0)
    assert incoming.due == 105.0 + BODY_SECONDS
    incoming.add(b"x" * BYTES_A_SECOND, 110.0)
    assert incoming.due == 105.0 + BODY_SECONDS + 1


def test_a_head_larger_than_any_of_ours_is_told() -> None:
    assert after(b"GET / HTTP/1.1\r\nX: " + b"x" * MOST_HELD).is_head_too_large
    assert not after(with_length(10**6) + b"x" * MOST_HELD).is_head_too_large


def test_a_client_that_waits_for_leave_to_send_gets_it_once() -> None:
    head = HEAD + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
    assert not after(head[:-1]).asks_to_continue()
    assert after(head).asks_to_continue()
    assert not after(head + b"1").asks_to_continue()
    assert not after(with_length(2)).asks_to_continue()
    assert not after(HEAD + b"Expect: 100-continue\r\n\r\n").asks_to_continue()
