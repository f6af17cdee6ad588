"""The parts of a running service, chosen once in `create_app`."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from accounts.clock import Clock
from accounts.face_book import FaceBooks
from accounts.sealing import FieldSeal
from accounts.sms import SmsGateway
from attendance.receipts import Receipts
from faces.engine import FaceEngine
from service.keys import Keys
from service.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Everything outside the process, and everything made from the keys."""

    settings: Settings
    keys: Keys
    clock: Clock
    engine: FaceEngine
    networks: tuple[str, ...]
    """The models that the settings want to look at each face."""
    faces: FaceBooks
    seal: FieldSeal
    receipts: Receipts
    sms: SmsGateway


def parts() -> Parts:
    """The parts of the app that serves this request."""
    return cast(Parts, current_app.extensions["parts"])
