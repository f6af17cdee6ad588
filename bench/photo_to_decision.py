"""From an encoded photo to a decision on one core, compared with plain face_recognition in time and in decisions.

    python -m bench.photo_to_decision [--engine dlib-onnx] [--with-faceres]

The selfies are one real photo, cut and scaled so that the face has a third of the height, as at arm's length. One more
has the noise of a real sensor, which makes its file several times larger and its decoding slower for both.
"""

import argparse
import io
import itertools
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from bench.measuring import in_turns, pin, table, write_result

CORES = len(pin(1))  # before numpy starts its threads

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402

from bench.baselines import stock_face_recognition as stock  # noqa: E402
from faces.engine import Embedding, Look, Purpose  # noqa: E402
from faces.engines import photo_engine  # noqa: E402
from faces.engines.choosing import make_engine, make_finders, policy_of  # noqa: E402
from faces.engines.networks import ConvertedDlibNetwork, FaceresNetwork  # noqa: E402
from faces.engines.photo_engine import PhotoEngine  # noqa: E402
from faces.finding import quality  # noqa: E402
from faces.finding.alignment import AlignedFace  # noqa: E402
from faces.finding.blaze import BlazeFace  # noqa: E402
from faces.finding.blaze_finder import BlazeFinder  # noqa: E402
from faces.matching.policy import Policy  # noqa: E402
from faces.matching.template import make_template  # noqa: E402
from faces.matching.verify import verify  # noqa: E402
from faces.model_files.dlib_models import DLIB_MODEL, find_models  # noqa: E402
from faces.photos.photo import Photo  # noqa: E402
from tests.photos import people  # noqa: E402

STOCK_TOLERANCE = 0.6
FACE_SHARE = 1 / 3
GRAIN = 6.0  # standard deviation in grey levels
PORTRAIT, SMALL = (3000, 4000), (1080, 1440)
SELFIES = {"12 MP (3000x4000)": (PORTRAIT, 0.0), "12 MP with grain": (PORTRAIT, GRAIN), "1080x1440": (SMALL, 0.0)}
GOALS = {"12 MP (3000x4000)": 100.0, "12 MP with grain": None, "1080x1440": 15.0}
ROUNDS = {"12 MP (3000x4000)": 9, "12 MP with grain": 5, "1080x1440": 15}
KEPT = Path("var") / "models"


def main() -> None:
    """Measure, print the tables and write the result."""
    parser = argparse.ArgumentParser(prog="photo", description="From a photo to a decision, against face_recognition.")
    parser.add_argument("--engine", default="dlib-onnx", help="dlib, dlib-onnx or onnx:PATH")
    parser.add_argument("--with-faceres", action="store_true", help="let faceres embed every face too")
    asked = parser.parse_args()
    name = asked.engine
    engine, policy = make_engine(name, folder=KEPT), policy_of(name)
    if asked.with_faceres:
        engine = PhotoEngine([WithFaceres()], finders=make_finders(KEPT)).warm()
    everybody = people()
    first = next(iter(everybody.values()))
    speed = {kind: time_one(engine, policy, first, kind) for kind in SELFIES}
    print(table(["photo to decision, CPU ms", "stock", "ours", "times faster", "goal"], speed_rows(speed)))
    stages = {kind: time_stages(engine, selfie(first[0], *SELFIES[kind])) for kind in SELFIES}
    parts = list(next(iter(stages.values())))
    print(table(["CPU ms, median", *parts], [[kind, *found.values()] for kind, found in stages.items()]))
    agreement = compare_decisions(engine, everybody) if policy.engine == "dlib-resnet-v1" else None
    if agreement is not None:
        same = agreement["pairs"] - len(agreement["different"])
        print(f"same decision as stock at {STOCK_TOLERANCE}: {same} of {agreement['pairs']}")
        far = agreement["same_photo_distance"]
        print(f"distance from stock's embedding of the same photo: median {far['median']}, largest {far['largest']}")
        for each in agreement["different"]:
            print("  decided differently:", each)
    figures = {
        "engine": name if "/" not in name else policy.engine,
        "with_faceres": asked.with_faceres,
        "speed": {
            kind: {key: value for key, value in each.items() if not key.endswith("_text")}
            for kind, each in speed.items()
        },
        "stages_cpu_ms": stages,
        "agreement": agreement,
    }
    packages = ["dlib-bin", "face-recognition", "numpy", "onnxruntime", "opencv-python-headless", "pillow"]
    write_result("photo_to_decision", figures, packages=packages, pinned_to=CORES)


def speed_rows(speed: dict[str, dict[str, Any]]) -> list[list[object]]:
    """Return the rows of the comparison with plain face_recognition."""
    return [
        [kind, each["stock_text"], each["ours_text"], f"{each['times_faster']:.1f}", each["goal"] or ""]
        for kind, each in speed.items()
    ]


def time_one(engine: PhotoEngine, policy: Policy, photos: list[Path], kind: str) -> dict[str, Any]:
    """Time both on one selfie of this kind, compared with an enrolment by another photo of the same person."""
    photo = selfie(photos[0], *SELFIES[kind])
    template = make_template([engine.look(photos[1].read_bytes(), Purpose.ENROL)], policy)
    known = stock.encode(photos[1].read_bytes())
    assert known is not None
    timings = in_turns(
        {
            "stock": lambda: stock.decide(known, photo, STOCK_TOLERANCE),
            "ours": lambda: verify([engine.look(photo, Purpose.CHECK_IN)], template, policy),
        },
        rounds=ROUNDS[kind],
    )
    return {
        "photo_bytes": len(photo),
        "stock": timings["stock"].as_dict(),
        "ours": timings["ours"].as_dict(),
        "times_faster": round(timings["stock"].cpu_ms / timings["ours"].cpu_ms, 2),
        "goal": GOALS[kind],
        "stock_text": timings["stock"].spread(),
        "ours_text": timings["ours"].spread(),
    }


def time_stages(engine: PhotoEngine, photo: bytes, rounds: int = 21) -> dict[str, float]:
    """Return the CPU milliseconds of each stage within whole looks, in their order."""
    spent: dict[str, list[float]] = {stage: [] for stage in STAGES}
    whole: list[float] = []
    for _ in range(rounds):
        watched = {stage: CpuWatch(owner, method) for stage, (owner, method) in STAGES.items()}
        began = process_time()
        engine.look(photo, Purpose.CHECK_IN)
        whole.append(process_time() - began)
        for stage, watch in watched.items():
            spent[stage].append(watch.end())
    found = {stage: round(1000 * median(times), 2) for stage, times in spent.items()}
    total = round(1000 * median(whole), 2)
    return {**found, "the rest": round(total - sum(found.values()), 2), "whole look": total}


STAGES: dict[str, tuple[Any, str]] = {
    "header": (photo_engine, "open_photo"),
    "decode": (Photo, "decode"),
    "find": (BlazeFace, "find"),
    "align": (BlazeFinder, "align"),
    "quality": (quality, "measure"),
    "network": (ConvertedDlibNetwork, "embed"),
    "faceres": (FaceresNetwork, "embed"),
}


class WithFaceres:
    """dlib's network, which also runs faceres, to measure the time of both."""

    model = DLIB_MODEL

    def __init__(self) -> None:
        self._first, self._second = ConvertedDlibNetwork(find_models(), KEPT), FaceresNetwork(KEPT)

    def embed(self, face: AlignedFace) -> Embedding:
        """Return dlib's embedding."""
        self._second.embed(face)
        return self._first.embed(face)


class CpuWatch:
    """Adds up the CPU time of a function, until `end`."""

    def __init__(self, owner: Any, name: str) -> None:
        self._owner, self._name, self._plain, self._spent = owner, name, getattr(owner, name), 0.0
        setattr(owner, name, self._make())

    def _make(self) -> Any:
        def watched(*arguments: Any, **named: Any) -> Any:
            began = process_time()
            try:
                return self._plain(*arguments, **named)
            finally:
                self._spent += process_time() - began

        return watched

    def end(self) -> float:
        """Put the original function back, and return the seconds."""
        setattr(self._owner, self._name, self._plain)
        return self._spent


def selfie(path: Path, size: tuple[int, int], grain: float = 0.0) -> bytes:
    """Cut a portrait around the photo's face, scale it to this size and add noise; return a JPEG of quality 90."""
    box = stock.face_box(path.read_bytes())
    assert box is not None, "the first photo must show a face"
    top, right, bottom, left = box
    height = (bottom - top) / FACE_SHARE
    width = height * size[0] / size[1]
    across, down = (left + right) / 2, (top + bottom) / 2
    with Image.open(path) as image:
        edges = (across - width / 2, down - height / 2, across + width / 2, down + height / 2)
        cut = image.convert("RGB").transform(size, Image.Transform.EXTENT, edges, Image.Resampling.BICUBIC)
    if grain:
        noise = np.random.default_rng(12).normal(0, grain, (size[1], size[0], 1))
        cut = Image.fromarray(np.clip(np.asarray(cut) + noise, 0, 255).astype(np.uint8))
    buffer = io.BytesIO()
    cut.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def compare_decisions(engine: PhotoEngine, everybody: dict[str, list[Path]]) -> dict[str, Any]:
    """Enrol one photo and check in with another, for each ordered pair; return the different decisions."""
    photos = {f"{person}/{path.name}": path.read_bytes() for person, paths in everybody.items() for path in paths}
    encoded = {name: stock.encode(photo) for name, photo in photos.items()}
    enrolled = {name: engine.look(photo, Purpose.ENROL) for name, photo in photos.items()}
    checked = {name: engine.look(photo, Purpose.CHECK_IN) for name, photo in photos.items()}
    different, pairs = [], list(itertools.permutations(photos, 2))
    for known, shown in pairs:
        before, now = encoded[known], encoded[shown]
        theirs = before is not None and now is not None and stock.is_same(before, now, STOCK_TOLERANCE)
        if theirs != (distance(enrolled[known], checked[shown]) <= STOCK_TOLERANCE):
            different.append(
                {
                    "enrolled": known,
                    "shown": shown,
                    "stock_says_same": theirs,
                    "our_distance": round(distance(enrolled[known], checked[shown]), 3),
                }
            )
    apart = [
        float(np.linalg.norm(theirs - checked[name].embedding))
        for name, theirs in encoded.items()
        if theirs is not None
    ]
    return {
        "tolerance": STOCK_TOLERANCE,
        "pairs": len(pairs),
        "different": different,
        "same_photo_distance": {"median": round(median(apart), 3), "largest": round(max(apart), 3)},
    }


def distance(one: Look, other: Look) -> float:
    """Return the Euclidean distance of two looks."""
    return float(((one.embedding - other.embedding) ** 2).sum() ** 0.5)


if __name__ == "__main__":
    main()
