"""From an encoded photo to a decision on one core, against plain face_recognition; and whether the decisions agree.

    python -m bench.photo_to_decision

The selfies are one real photo, cut and scaled so that the face takes up a third of the height, as at arm's length.
"""

import io
import itertools
from pathlib import Path
from typing import Any

from bench.measuring import in_turns, pin, table, write_result

CORES = len(pin(1))  # before numpy starts its threads

from PIL import Image  # noqa: E402

from bench.baselines import stock_face_recognition as stock  # noqa: E402
from faces.dlib_engine import DlibEngine  # noqa: E402
from faces.engine import Look, Purpose  # noqa: E402
from faces.policy import load_policy  # noqa: E402
from faces.template import make_template  # noqa: E402
from faces.verify import verify  # noqa: E402
from tests.photos import people  # noqa: E402

STOCK_TOLERANCE = 0.6
FACE_SHARE = 1 / 3
SIZES = {"12 MP (3000x4000)": (3000, 4000), "1080x1440": (1080, 1440)}
GOALS = {"12 MP (3000x4000)": 25.0, "1080x1440": 3.0}
ROUNDS = {"12 MP (3000x4000)": 9, "1080x1440": 15}


def main() -> None:
    """Measure, print the table and write the result."""
    engine = DlibEngine().warm()
    everybody = people()
    first = next(iter(everybody.values()))
    speed = {name: time_one(engine, first, name, size) for name, size in SIZES.items()}
    agreement = compare_decisions(engine, everybody)
    headers = ["photo to decision, CPU ms", "stock", "ours", "times faster", "goal"]
    rows: list[list[object]] = [
        [name, each["stock_text"], each["ours_text"], f"{each['times_faster']:.1f}", f"{GOALS[name]:.0f}"]
        for name, each in speed.items()
    ]
    same = agreement["pairs"] - len(agreement["different"])
    rows.append([f"same decision at {STOCK_TOLERANCE}", "", f"{same} of {agreement['pairs']}", "", "49 in 50"])
    print(table(headers, rows))
    for each in agreement["different"]:
        print("  decided differently:", each)
    figures = {
        "speed": {
            name: {key: value for key, value in each.items() if not key.endswith("_text")}
            for name, each in speed.items()
        },
        "agreement": agreement,
    }
    packages = ["dlib-bin", "face-recognition", "numpy", "opencv-python-headless", "pillow"]
    write_result("photo_to_decision", figures, packages=packages, pinned_to=CORES)


def time_one(engine: DlibEngine, photos: list[Path], name: str, size: tuple[int, int]) -> dict[str, Any]:
    """Time both on one selfie of this size, against an enrolment by another photo of the same person."""
    photo = selfie(photos[0], size)
    policy = load_policy()
    template = make_template([engine.look(photos[1].read_bytes(), Purpose.ENROL)], policy)
    known = stock.encode(photos[1].read_bytes())
    assert known is not None
    timings = in_turns(
        {
            "stock": lambda: stock.decide(known, photo, STOCK_TOLERANCE),
            "ours": lambda: verify([engine.look(photo, Purpose.CHECK_IN)], template, policy),
        },
        rounds=ROUNDS[name],
    )
    return {
        "photo_bytes": len(photo),
        "stock": timings["stock"].as_dict(),
        "ours": timings["ours"].as_dict(),
        "times_faster": round(timings["stock"].cpu_ms / timings["ours"].cpu_ms, 2),
        "goal": GOALS[name],
        "stock_text": timings["stock"].spread(),
        "ours_text": timings["ours"].spread(),
    }


def selfie(path: Path, size: tuple[int, int]) -> bytes:
    """Cut a portrait round the photo's face and scale it to this size; JPEG at quality 90."""
    box = stock.face_box(path.read_bytes())
    assert box is not None, "the first photo must show a face"
    top, right, bottom, left = box
    height = (bottom - top) / FACE_SHARE
    width = height * size[0] / size[1]
    across, down = (left + right) / 2, (top + bottom) / 2
    with Image.open(path) as image:
        edges = (across - width / 2, down - height / 2, across + width / 2, down + height / 2)
        cut = image.convert("RGB").transform(size, Image.Transform.EXTENT, edges, Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    cut.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def compare_decisions(engine: DlibEngine, everybody: dict[str, list[Path]]) -> dict[str, Any]:
    """Enrol with one photo and check in with another, for every ordered pair; list where stock decides otherwise."""
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
    return {"tolerance": STOCK_TOLERANCE, "pairs": len(pairs), "different": different}


def distance(one: Look, other: Look) -> float:
    """Give the Euclidean distance of two looks."""
    return float(((one.embedding - other.embedding) ** 2).sum() ** 0.5)


if __name__ == "__main__":
    main()
