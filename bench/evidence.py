"""From an uploaded photo of evidence to its file in the store, beside a plain decode and encode of the same photo.

    python -m bench.evidence [--rounds 20]

Both alternatives run in turns in one process on one core. The upload is a whole request: parsed, decoded, turned
upright, made smaller, encoded, made a thumbnail of, sealed, written with fsync, recorded and committed.
"""

import argparse
import io
import itertools
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench.measuring import RESULTS, Timing, in_turns, pin, table, write_result

CORES = len(pin(1))  # before numpy starts its threads

import numpy as np  # noqa: E402
from PIL import Image, ImageOps  # noqa: E402

from credit.evidence.pictures import LONGEST_SIDE, QUALITY  # noqa: E402
from service.app import create_app  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from service.edge.database import db  # noqa: E402
from service.edge.migrating import migrate  # noqa: E402
from tests.api import Api  # noqa: E402
from tests.factories import Factories  # noqa: E402
from tests.fakes import FakeClock, FakeEngine  # noqa: E402

SIZES = {"12 MP (4000x3000)": (4000, 3000), "2 MP (1600x1200)": (1600, 1200)}
GRAIN = 6.0  # standard deviation in grey levels, as of a phone's sensor
_ENOUGH = 1_000_000  # files of a person a day: the quota is not what is measured


def photo(size: tuple[int, int]) -> bytes:
    """Return a JPEG as large as that of a phone's camera: soft shapes under the noise of a sensor."""
    dice = np.random.default_rng(1)
    coarse = Image.fromarray(dice.integers(0, 255, (12, 16, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = np.clip(pixels + dice.normal(0, GRAIN, pixels.shape), 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(noisy).save(out, "JPEG", quality=80)
    return out.getvalue()


def plain(content: bytes) -> bytes:
    """Decode, turn, make smaller and encode a photo as Pillow's manual shows it."""
    with Image.open(io.BytesIO(content)) as opened:
        shown = ImageOps.exif_transpose(opened).convert("RGB")
    shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def uploads(me: Api, content: bytes) -> Callable[[], None]:
    """Return a function that uploads the photo, each time as another file: the same one is stored once."""
    numbers: Iterator[int] = itertools.count()

    def once() -> None:
        body = io.BytesIO(content + next(numbers).to_bytes(8, "big"))
        reply = me.post("/evidence", data={"file": (body, "p.jpg")}, content_type="multipart/form-data")
        assert reply.status_code == 201, reply.json

    return once


def measure(rounds: int) -> dict[str, dict[str, Timing]]:
    """Return the timings of both alternatives by the size of the photo."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="bench-evidence-") as folder:
        settings = Settings(var=Path(folder), database_url="", public_url="https://bench.test", evidence_daily=_ENOUGH)
        migrate(settings)
        clock = FakeClock(datetime.now(UTC))
        app = create_app(settings, engine=FakeEngine(), clock=clock)
        with app.app_context():
            me = Api(app).as_(Factories(app, db.session(), clock).person())
            for name, size in SIZES.items():
                content = photo(size)
                cases: dict[str, Callable[[], object]] = {
                    "plain": partial(plain, content),
                    "upload": uploads(me, content),
                }
                found[name] = in_turns(cases, rounds=rounds, warm=2)
    return found


def main() -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args()
    found = measure(given.rounds)
    print(table(["photo to stored evidence, ms", "plain CPU", "upload CPU", "ratio", "upload wall"], rows(found)))
    figures = {
        name: {**{case: each.as_dict() for case, each in cases.items()}, "ratio_cpu": _ratio(cases)}
        for name, cases in found.items()
    }
    write_result("evidence", {"photos": figures}, packages=["pillow", "Flask"], pinned_to=CORES, folder=given.results)


def rows(found: dict[str, dict[str, Timing]]) -> list[list[object]]:
    """Return the rows of the table."""
    return [
        [
            name,
            each["plain"].spread(),
            each["upload"].spread(),
            f"{_ratio(each):.2f}",
            f"{each['upload'].wall_ms:.1f}",
        ]
        for name, each in found.items()
    ]


def _ratio(cases: dict[str, Timing]) -> float:
    return round(cases["upload"].cpu_ms / cases["plain"].cpu_ms, 3)


if __name__ == "__main__":
    main()
