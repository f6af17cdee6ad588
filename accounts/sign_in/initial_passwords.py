"""Sign-ins with an initial password (初始密码, M-2.3): the one password that can be tried on every number.

Limits by number don't see who tries 123456 on one number after the other. So failures with an initial password are also
counted for the device that fails, which gets a growing pause, and over the whole installation, which gives an alarm.
docs/decisions/0024-initial-passwords.md says what this stops and what it does not.
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
class Device:
    """Whatever tells one device or connection from another; all of it is what the client says, the address aside.

    address: of the connection, with that of the client behind a proxy. agent: the User-Agent. device_id: an id that the
    app made for itself, if it sent one.
    """

    address: str
    agent: str
    device_id: str | None


class AlarmReach(enum.StrEnum):
    """What an alarm is about."""

    DEVICE = "device"
    INSTALLATION = "installation"


@dataclass(frozen=True, slots=True)
class Alarm:
    """Too many sign-ins failed with an initial password.

    failures: on the whole installation, in the WINDOW of now. pause: how long the device waits, if it is about one.
    """

    reach: AlarmReach
    failures: int
    pause: timedelta | None = None


def is_initial_password(password: str, cme_number: str) -> bool:
    """Return whether an account with this number may have begun with this password.

    The setting may have changed since the account was made, so both count. Nobody can choose either as their own:
    `check_new_password` refuses them.
    """
    return password in (INITIAL_PASSWORD, cme_number)


class InitialPasswordBrake:
    """The pause of one device, and the count of the whole installation."""

    def __init__(self, device: Device, seal: FieldSeal) -> None:
        known_by = "\0".join((device.address, device.agent, device.device_id or ""))
        self._key = f"initial-password:{seal.blind('device', known_by).hex()[:32]}"

    def check(self, db: Session, *, now: datetime) -> None:
        """Raise InitialPasswordPaused while the device may try no initial password."""
        try:
            throttles.check_block(db, self._key, now=now)
        except TooManyAttempts as blocked:
            raise InitialPasswordPaused(retry_after=blocked.retry_after) from None

    def count_failure(self, db: Session, *, now: datetime) -> tuple[Alarm, ...]:
        """Count a failed try, and return the alarms that it sets off."""
        pause = throttles.count_fading_failure(db, self._key, fades=_FADES, now=now)
        failures = throttles.count_event(db, _EVERYWHERE, window=WINDOW, now=now)
        alarms = [Alarm(AlarmReach.DEVICE, failures, pause)] if pause is not None else []
        if _is_alarming(failures):
            alarms.append(Alarm(AlarmReach.INSTALLATION, failures))
        return tuple(alarms)

    def forgive(self, db: Session) -> None:
        """Take one failure back, for the first sign-in of an account.

        In a hall many people with the same phone sign in for the first time behind one address, and some mistype.
        """
        throttles.forgive(db, self._key)
        throttles.forgive(db, _EVERYWHERE)


def _is_alarming(failures: int) -> bool:
    """Return whether to raise the alarm: at 30 failures, and each time they have doubled."""
    times, rest = divmod(failures, _ALARM_FROM)
    return rest == 0 and times > 0 and times & (times - 1) == 0
