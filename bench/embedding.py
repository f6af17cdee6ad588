"""dlib's network in dlib, in ONNX Runtime, and in int8, on the same face and one core.

python -m bench.embedding

It needs the folder of East Asian faces (see tests/photos.py) for the loss by int8 (bench/int8.py).
"""

from pathlib import Path

from bench.measuring import in_turns, pin, resident_mb, table, write_result

CORES = len(pin(1))

import numpy as np  # noqa: E402

from bench import int8  # noqa: E402
from faces.engine import Purpose  # noqa: E402
from faces.engines.networks import CardedNetwork, ConvertedDlibNetwork, DlibNetwork  # noqa: E402
from faces.engines.quantize import aligned_faces  # noqa: E402
from faces.finding.alignment import AlignedFace  # noqa: E402
from faces.model_files.dlib_models import NETWORK, find_models  # noqa: E402
from faces.model_files.onnx_session import open_session  # noqa: E402
from tests.photos import east_asian_people, east_asian_strangers, people  # noqa: E402

GOAL = 12.0
ROUNDS = 41
BATCH = 8
KEPT = Path("var") / "models"
ONE, ORIGINAL, EIGHT, INT8 = "ONNX Runtime", "dlib", f"ONNX Runtime, {BATCH} at once", "int8"


def main() -> None:
    """Measure, print the table and write the result."""
    faces = all_faces()
    start = resident_mb()["private"]
    dlib = DlibNetwork(find_models())
    dlib.embed(faces[0])
    after_dlib = resident_mb()["private"]
    converted = ConvertedDlibNetwork(find_models(), KEPT)
    converted.embed(faces[0])
    memory = {ORIGINAL: after_dlib - start, ONE: resident_mb()["private"] - after_dlib}
    variants = int8.make_variants()
    quantized = CardedNetwork(variants[int8.SAME])
    quantized.embed(faces[0])
    apart = [float(np.linalg.norm(dlib.embed(face) - converted.embed(face))) for face in faces]
    session = open_session(next(KEPT.glob("dlib-resnet-v1-*.onnx")).read_bytes())
    batch = np.stack([face.chip for face in faces[:BATCH]])
    timings = in_turns(
        {
            ORIGINAL: lambda: dlib.embed(faces[0]),
            ONE: lambda: converted.embed(faces[0]),
            EIGHT: lambda: session.run(batch),
            INT8: lambda: quantized.embed(faces[0]),
        },
        rounds=ROUNDS,
        warm=5,
    )
    faster = timings[ORIGINAL].cpu_ms / timings[ONE].cpu_ms
    rows: list[list[object]] = [
        [name, each.spread(), f"{each.wall_ms:.1f}", f"{memory[name]:.0f}" if name in memory else ""]
        for name, each in timings.items()
    ]
    rows.append([f"times faster (goal {GOAL:.0f})", f"{faster:.1f}", "", ""])
    rows.append([f"largest distance on {len(faces)} faces", f"{max(apart):.1e}", "", ""])
    print(table(["one chip, one core", "CPU ms (10% to 90%)", "wall ms", "MB"], rows))
    write_result(
        "embedding",
        {
            "network": NETWORK,
            "timings": {name: each.as_dict() for name, each in timings.items()},
            "times_faster": round(faster, 2),
            "goal": GOAL,
            "private_mb": {name: round(each) for name, each in memory.items()},
            "faces": len(faces),
            "largest_distance": max(apart),
        },
        packages=["dlib-bin", "onnxruntime", "numpy"],
        pinned_to=CORES,
    )
    int8.report(variants, KEPT, {name: timings[name] for name in (ORIGINAL, ONE, INT8)}, CORES)


def all_faces() -> list[AlignedFace]:
    """Return the aligned faces of all the tests' photos that show one face."""
    photos = [photo for group in [*people().values(), *east_asian_people().values()] for photo in group]
    return aligned_faces([*photos, *east_asian_strangers()], Purpose.CHECK_IN)


if __name__ == "__main__":
    main()
