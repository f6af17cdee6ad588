"""Things outside the process, for tests about something else than them."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.sign_in.sms import SmsMessage
from faces import errors
from faces.engine import Fingerprint, Look, Purpose, Quality
from faces.matching.policy import load_policies
from faces.model_files.human_models import FACERES_MODEL
from tests.frames import reading_of

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
        errors.ChallengeUnavailable,
    )
}
HELD = 0.53
"""So far `off`, a face is held as a likely duplicate: by plain distance one is certain to 0.49, held to 0.57."""
_POLICIES = load_policies()
_MIDDLES = {share.model: share.centre for share in _POLICIES.best.measure.shares if share.centre is not None}
_NOWHERE = np.zeros(128, np.float32)


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


def where_it_is_early(clock: FakeClock) -> str:
    """A time zone in which it is between one and two o'clock at night, so that the day has hours left."""
    east = (1 - clock.now().hour) % 24
    east -= 24 if east > 14 else 0
    return f"Etc/GMT{-east:+d}"  # POSIX counts them westwards


ANOTHER_PICTURE = 0.4  # so far `off`, a face is no copy by the packaged policy, and still passes
_OWN_PICTURE = 0.3  # two pictures with so much of their own are no copies of each other


def face(
    name: str, *, off: float = 0.0, mouth_cover: float = 0.0, eyes_cover: float = 0.0, shaken: bool = False
) -> bytes:
    """A photo of somebody for the fake engine; `off` is its distance from the same person's usual photo.

    shaken: too blurred to be evidence of another person. Each look at it counts as another picture, for the tests that
    are not about copies: no two looks have one fingerprint, and the second network sees them apart. Where the first
    network is alone, it lies at least ANOTHER_PICTURE from the enrolled ones at a check-in.
    """
    covers = {"mouth_cover": mouth_cover, "eyes_cover": eyes_cover}
    told = {"face": name, "off": off} | {part: much for part, much in covers.items() if much}
    return json.dumps(told | ({"shaken": True} if shaken else {})).encode()


def picture(
    name: str, number: int, *, off: float = 0.0, light: int = 0, tags: int = 0, mirrored: bool = False
) -> bytes:
    """A certain picture of somebody, which is the same one each time it is sent.

    number: of the picture; two of them lie far enough apart to be no copies. off: as in `face`. light: the same picture
    in other light, with other pixels and three equal bands of four. tags: another file with the same pixels.
    """
    told = {"face": name, "off": off, "picture": number, "light": light, "tags": tags, "mirrored": mirrored}
    return json.dumps(told).encode()


def refused(code: str) -> bytes:
    """A photo that the fake engine refuses with this code."""
    return json.dumps({"refuse": code}).encode()


class FakeEngine:
    """Reads what `face` and `refused` made; anything else is no photo."""

    def __init__(self) -> None:
        self.name = _POLICIES.engine
        self.also: tuple[str, ...] = (FACERES_MODEL,)  # models that look along
        self.looks = 0
        self.is_ready = True

    @property
    def judges_covers(self) -> bool:
        return bool(self.also)

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
        told.setdefault("seed", f"{purpose} {self.looks}")
        if "refuse" in told:
            raise _REFUSALS[told["refuse"]]
        if purpose is Purpose.CHECK_IN and "picture" not in told and not also:
            told["off"] = max(told["off"], ANOTHER_PICTURE)
        quality = Quality(sharpness=200, brightness=120, face_px=300, roll=0, yaw=0, cut_off=0, others=0)
        quality = replace(quality, **{part: told[part] for part in ("mouth_cover", "eyes_cover") if part in told})
        if told.get("shaken"):
            quality = replace(quality, is_doubtful=True, advice=("hold_still",))
        mirrored = {}
        if purpose is Purpose.ENROL:
            turned = told | {"mirrored": not told.get("mirrored", False)}
            mirrored = {each: _embedding(each, turned) for each in (model, *also)}
        return Look(
            _embedding(model, told),
            quality,
            model,
            {each: _embedding(each, told) for each in also},
            mirrored,
            _fingerprint(photo, told),
            reading_of(told) if purpose is Purpose.CHALLENGE else None,
        )

    def ready(self) -> bool:
        return self.is_ready


def _embedding(model: str, told: dict[str, Any]) -> NDArray[np.float32]:
    who = f"{model} {told['face']}"  # the numbers of two models have nothing to do with each other
    middle = _MIDDLES.get(model, _NOWHERE)
    size = len(middle)
    # People lie round the middle of the packaged measure, as real ones do, and 1.4 apart by plain distance.
    numbers = middle + _direction(who, size) + _direction("off " + who, size) * told["off"]
    if "picture" in told:
        numbers += _direction(f"picture {told['picture']} {who}", size) * _OWN_PICTURE
    elif model == FACERES_MODEL:
        numbers += _direction(str(told["seed"]), size) * 2 * _OWN_PICTURE
    if told.get("mirrored"):
        numbers += _direction("mirrored " + who, size) * 2 * _OWN_PICTURE
    return np.asarray(numbers, np.float32)


def _fingerprint(photo: bytes, told: dict[str, Any]) -> Fingerprint:
    if "picture" not in told:
        return Fingerprint(os.urandom(32), os.urandom(32), int.from_bytes(os.urandom(8)))
    pixels = json.dumps({name: value for name, value in told.items() if name not in ("tags", "seed")})
    drawn = json.dumps([told["face"], told["picture"], told["mirrored"]])
    bits = int.from_bytes(hashlib.sha256(drawn.encode()).digest()[:8])
    return Fingerprint(hashlib.sha256(photo).digest(), hashlib.sha256(pixels.encode()).digest(), bits ^ told["light"])


def _direction(name: str, size: int) -> NDArray[np.float64]:
    """A unit vector of so many numbers for a name; two names lie about 1.4 apart."""
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    vector = np.random.default_rng(seed).normal(size=size)
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
