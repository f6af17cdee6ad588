"""What a running service is made of, chosen once in `create_app`."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from accounts.enrolment.gallery import FaceGalleries
from accounts.sign_in.sms import SmsGateway
from attendance.check_in.receipts import Receipts
from faces.engine import FaceEngine
from foundation.clock import Clock
from foundation.sealing import FieldSeal
from service.configuration.keys import Keys
from service.configuration.settings import Settings


@dataclass(frozen=True)
class Components:
    """Everything outside the process, and everything made from the keys."""

    settings: Settings
    keys: Keys
    clock: Clock
    engine: FaceEngine
    networks: tuple[str, ...]
    """The models that the settings want to look at each face."""
    faces: FaceGalleries
    seal: FieldSeal
    receipts: Receipts
    sms: SmsGateway


def components() -> Components:
    """Return the components of the app that serves this request."""
    return cast(Components, current_app.extensions["components"])
