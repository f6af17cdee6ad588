"""Limits sign-ins with an initial password (初始密码, M-2.3), because an attacker can try it on every number.

A limit for each number does not stop a client that tries 123456 on one number after another. So failures with an
initial password are also counted for the device, which gets a growing pause, and for the whole installation, which
raises an alarm. docs/decisions/0024-initial-passwords.md tells what this stops and what it does not stop.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from accounts.errors import InitialPasswordPaused
from foundation import throttles
from foundation.errors import TooManyAttempts
from foundation.sealing import FieldSeal

INITIAL_PASSWORD = "123456"  # noqa: S105 - M-2.3 makes it public
WINDOW = timedelta(minutes=10)
_FADES = timedelta(minutes=15)
_ALARM_FROM = 30
_EVERYWHERE = "initial-password:all"


@dataclass(frozen=True, slots=True)
class Connection:
    """The facts that distinguish one device or connection from another. Only the address is not chosen by the client.

    address: of the connection, and of the client behind a proxy. agent: the User-Agent. device_id: an id that the app
    made for its device, if it sent one.
    """

    address: str
    agent: str
    device_id: str | None


class AlarmReach(enum.StrEnum):
    """Whether an alarm is about one device or the whole installation."""

    DEVICE = "device"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Too many sign-ins with an initial password failed.

    failures: of the whole installation, in the current WINDOW. pause: of the device; None for an alarm of the
    installation.
    """

    reach: AlarmReach
    failures: int
    pause: timedelta | None = None


def is_initial_password(password: str, cme_number: str) -> bool:
    """Return whether this password may be the initial one of an account with this number.

    The setting may have changed since the account was created, so both kinds count. Nobody can choose either of them
    as a new password: `check_new_password` refuses them.
    """
    return password in (INITIAL_PASSWORD, cme_number)


class InitialPasswordBrake:
    """The pause of one device, and the count of failures of the whole installation."""

    def __init__(self, connection: Connection, seal: FieldSeal) -> None:
        known_by = "\0".join((connection.address, connection.agent, connection.device_id or ""))
        self._key = f"initial-password:{seal.blind('device', known_by).hex()[:32]}"

    def check(self, db: Session, *, now: datetime) -> None:
        """Raise InitialPasswordPaused during the pause of this device."""
        try:
            throttles.check_block(db, self._key, now=now)
        except TooManyAttempts as blocked:
            raise InitialPasswordPaused(retry_after=blocked.retry_after) from None

    def count_failure(self, db: Session, *, now: datetime) -> tuple[Alarm, ...]:
        """Count a failure; return the alarms that it raises."""
        pause = throttles.count_fading_failure(db, self._key, fades=_FADES, now=now)
        failures = throttles.count_event(db, _EVERYWHERE, window=WINDOW, now=now)
        alarms = [Alarm(AlarmReach.DEVICE, failures, pause)] if pause is not None else []
        if _is_alarming(failures):
            alarms.append(Alarm(AlarmReach.INSTALLATION, failures))
        return tuple(alarms)

    def forgive(self, db: Session) -> None:
        """Subtract one failure, at the first sign-in of an account.

        In a hall, many people with equal phones sign in for the first time behind one address, and some mistype.
        """
        throttles.forgive(db, self._key)
        throttles.forgive(db, _EVERYWHERE)


def _is_alarming(failures: int) -> bool:
    """Return whether to raise the alarm: at 30 failures, and each time the number has doubled."""
    times, rest = divmod(failures, _ALARM_FROM)
    return rest == 0 and times > 0 and times & (times - 1) == 0
