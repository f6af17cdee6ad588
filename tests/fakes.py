"""Things outside the process, for tests about something else than them."""

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.sign_in.sms import SmsMessage
from faces import errors
from faces.engine import Look, Purpose, Quality
from faces.matching.policy import load_policy
from faces.model_files.human_models import FACERES_MODEL

_REFUSALS = {
    leaf.code: leaf
    for leaf in (
        errors.NoFace,
        errors.MultipleFaces,
        errors.FaceCovered,
        errors.LowQuality,
        errors.PhotoBroken,
        errors.PhotoUnsupported,
        errors.PhotoTooLarge,
        errors.EngineBusy,
        errors.EngineDown,
    )
}


class FakeClock:
    """A clock that stands still until it is turned."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def turn(self, **by: float) -> None:
        """Turn on by `timedelta(**by)`; negative values turn back."""
        self._now += timedelta(**by)

    def set(self, now: datetime) -> None:
        self._now = now


def face(name: str, *, off: float = 0.0, mouth_cover: float = 0.0, eyes_cover: float = 0.0) -> bytes:
    """A photo of somebody for the fake engine; `off` is its distance from the same person's usual photo."""
    covers = {"mouth_cover": mouth_cover, "eyes_cover": eyes_cover}
    return json.dumps({"face": name, "off": off} | {part: much for part, much in covers.items() if much}).encode()


def refused(code: str) -> bytes:
    """A photo that the fake engine refuses with this code."""
    return json.dumps({"refuse": code}).encode()


class FakeEngine:
    """Reads what `face` and `refused` made; anything else is no photo."""

    def __init__(self) -> None:
        self.name = load_policy().engine
        self.also: tuple[str, ...] = (FACERES_MODEL,)  # models that look along
        self.looks = 0
        self.is_ready = True

    @property
    def networks(self) -> tuple[str, ...]:
        return (self.name, *self.also)

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        also = self.also if model in (None, self.name) else ()
        model = model or self.name
        self.looks += 1
        try:
            told = json.loads(photo)
        except ValueError:
            raise errors.PhotoUnsupported from None
        if "refuse" in told:
            raise _REFUSALS[told["refuse"]]
        quality = Quality(sharpness=200, brightness=120, face_px=300, roll=0, yaw=0, cut_off=0, others=0)
        quality = replace(quality, **{part: told[part] for part in ("mouth_cover", "eyes_cover") if part in told})
        return Look(_embedding(model, told), quality, model, {each: _embedding(each, told) for each in also})

    def ready(self) -> bool:
        return self.is_ready


def _embedding(model: str, told: dict[str, Any]) -> NDArray[np.float32]:
    who = f"{model} {told['face']}"  # the numbers of two models have nothing to do with each other
    return np.asarray(_direction(who) * 1.4 + _direction("off " + who) * told["off"], np.float32)


def _direction(name: str) -> NDArray[np.float64]:
    """A unit vector of 128 numbers for a name; two names lie about 1.4 apart."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=128)
    return np.asarray(vector / np.linalg.norm(vector))


class RecordingGateway:
    """Keeps the messages it was given."""

    def __init__(self) -> None:
        self.sent: list[SmsMessage] = []

    def send(self, message: SmsMessage) -> None:
        self.sent.append(message)

    @property
    def last_code(self) -> str:
        return self.sent[-1].code
