"""Checks the conditions for a start. Each failed condition is reported in one line."""

import errno
import fcntl
import ipaddress
import logging
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from service.configuration.settings import Settings

STALL_SECONDS = 30.0
_NETWORKS = "FACE_NETWORKS_LOADED"
_OPEN_TO_OTHERS = (
    "HOST opens the service to other machines, and PUBLIC_URL names no https proxy: passwords and photos are not "
    "encrypted on the way / "
    "HOST 让其他机器可以直接访问，而 PUBLIC_URL 不是 https 代理的地址：密码和照片在传输中没有加密"
)
_NO_CONTACT = (
    "PRIVACY_CONTACT is not set: the consent text promises how to reach the officer for personal information / "
    "没有设置 PRIVACY_CONTACT：同意书承诺公布个人信息保护负责人的联系方式"
)
_log = logging.getLogger("cme.supervisor")


class CannotStart(Exception):
    """The service can't start. The message is one line for the person at the terminal."""


@contextmanager
def claim_folder(var: Path) -> Iterator[None]:
    """Lock the data folder for this process; create it if it is missing. Raises CannotStart."""
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = (var / "lock").open("w")
    except OSError as error:
        raise CannotStart(f"the data folder {var} can't be written (VAR): {error.strerror}") from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"another service runs on the data folder {var}; VAR chooses another one") from None
        yield


@contextmanager
def listen_later(settings: Settings) -> Iterator[socket.socket]:
    """Bind the port and yield its socket, to find out early if it is taken. Gunicorn opens it. Raises CannotStart."""
    where = f"{settings.host}:{settings.port}"
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, number)
    except OSError as error:
        raise CannotStart(f"{where} is no address of this machine (HOST): {error.strerror}") from None
    with closing(listener):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end_stalled_reads(listener, STALL_SECONDS)
        try:
            listener.bind(address)
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"can't be used: {error.strerror}"
            raise CannotStart(f"the port {where} {reason}; PORT chooses another one, HOST the address") from None
        yield listener


def warn_if_open_to_others(settings: Settings, listener: socket.socket) -> None:
    """Log a warning if other machines reach the bound `listener` without a proxy, which PUBLIC_URL would name."""
    address = ipaddress.ip_address(listener.getsockname()[0].partition("%")[0])
    if not address.is_loopback and not settings.base_url.startswith("https:"):
        _log.warning(_OPEN_TO_OTHERS)


def warn_if_nobody_answers_for_privacy(settings: Settings) -> None:
    """Log a warning if the contact that the consent text promises is not set. The demo needs none."""
    if not settings.privacy_contact and not settings.demo:
        _log.warning(_NO_CONTACT)


def end_stalled_reads(listener: socket.socket, seconds: float) -> None:
    """Set a time limit for reads on the connections of `listener`: a read fails after `seconds` without data.

    Otherwise a phone that loses its network during an upload would hold its thread for ever.
    """
    whole = int(seconds)
    limit = struct.pack("@ll", whole, round((seconds - whole) * 1_000_000))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def tell_networks(networks: Sequence[str]) -> None:
    """Report the loaded recognition networks to the web workers, which load none themselves."""
    os.environ[_NETWORKS] = "+".join(networks)


def loaded_networks(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks that were reported as loaded; the wanted ones if no report was made."""
    told = os.environ.get(_NETWORKS)
    return tuple(told.split("+")) if told else wanted


def clear_metrics(folder: Path) -> None:
    """Delete old counts in `folder`, and set it as the folder for the counts of the web workers."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob("*.db"):
        left.unlink()
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder.absolute())
