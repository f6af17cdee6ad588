"""Measures the loss of dlib's network in int8. It is a part of `bench.embedding`.

One variant is quantized on faces from the same region as the measured people, the other on faces from another region.
The change of embeddings is measured on people whose photos neither variant has seen. Accuracy (bench/accuracy.py) is
measured on the whole folder: there the first variant has seen the people of `_one_photo`, to find its ranges.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import accuracy
from bench.measuring import Timing, table, write_result
from faces.calibration.evaluating import FAR
from faces.engine import Purpose
from faces.engines.networks import CardedNetwork, ConvertedDlibNetwork, Network
from faces.engines.quantize import OUT, aligned_faces, quantize, write
from faces.finding.alignment import AlignedFace
from faces.model_files.dlib_models import NETWORK, find_models
from tests.photos import east_asian_people, east_asian_strangers, people

FLOAT = "dlib-onnx"
SAME, ELSEWHERE = "int8, ranges of the same region", "int8, ranges of elsewhere"
FILES = {SAME: "same.onnx", ELSEWHERE: "elsewhere.onnx"}


def make_variants() -> dict[str, Path]:
    """Quantize on each of the two groups; return the files by name."""
    network = (find_models() / NETWORK).read_bytes()
    groups = {SAME: east_asian_strangers(), ELSEWHERE: [path for group in people().values() for path in group]}
    made = {name: OUT.parent / FILES[name] for name in groups}
    for name, photos in groups.items():
        write(quantize(network, aligned_faces(photos, Purpose.ENROL)), made[name])
    return made


def report(variants: Mapping[str, Path], kept: Path, timings: Mapping[str, Timing], cores: int) -> None:
    """Measure the loss, print the table, and write the loss and the timings."""
    found = losses(variants, kept)
    show(found)
    write_result(
        "int8",
        {"timings": {name: each.as_dict() for name, each in timings.items()}, **found},
        packages=["dlib-bin", "onnxruntime", "onnx", "numpy"],
        pinned_to=cores,
    )


def losses(variants: Mapping[str, Path], kept: Path) -> dict[str, Any]:
    """Return the change of embeddings and distances and the accuracy of each variant, and of the float network.

    kept: the folder of the converted network.
    """
    floats = ConvertedDlibNetwork(find_models(), kept)
    faces = aligned_faces((path for group in east_asian_people().values() for path in group), Purpose.ENROL)
    names = {FLOAT: FLOAT, **{name: f"onnx:{path}" for name, path in variants.items()}}
    rates = accuracy.measure(list(names.values()), east_asian_strangers()[0].parents[1], 1)
    against = rates[FLOAT]["against"]
    found: dict[str, Any] = {"faces": len(faces), "people": len(east_asian_people())}
    for name, engine in names.items():
        found[name] = {key: rates[engine][key] for key in ("eer", "frr_at_far", "intervals")}
        if name != FLOAT:
            found[name] |= moved(floats, CardedNetwork(variants[name]), faces)
            keys = ("trials", "differ", "right_by_the_first_alone", "right_by_the_second_alone")
            found[name]["against_floats_at_far_1%"] = {key: against[engine][key] for key in keys}
    return found


def moved(floats: Network, quantized: Network, faces: list[AlignedFace]) -> dict[str, dict[str, float]]:
    """Return the changes of the embeddings and of the distances between two faces. Euclidean distance."""
    before, after = (np.array([network.embed(face) for face in faces], np.float64) for network in (floats, quantized))
    change = between(after) - between(before)
    return {
        "embeddings_move": spread(np.linalg.norm(after - before, axis=1)),
        "distances_move": {**spread(np.abs(change)), "mean_with_sign": round(float(change.mean()), 4)},
    }


def between(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances between all pairs of rows."""
    first, second = np.triu_indices(len(rows), 1)
    return np.asarray(np.linalg.norm(rows[first] - rows[second], axis=1), np.float64)


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Return the median and the largest value."""
    return {"median": round(float(np.median(values)), 4), "largest": round(float(values.max()), 4)}


def show(found: Mapping[str, Any]) -> None:
    """Print the loss as one table."""
    rows: list[list[object]] = []
    for name in (FLOAT, *FILES):
        each = found[name]
        moves = [
            f"{each[what]['median']} to {each[what]['largest']}" if what in each else ""
            for what in ("embeddings_move", "distances_move")
        ]
        rates = [f"{each['eer']:.1%}", *(f"{each['frr_at_far'][str(far)]:.1%}" for far in FAR)]
        differ = each.get("against_floats_at_far_1%", {})
        rows.append([name, *moves, *rates, f"{differ['differ']} of {differ['trials']}" if differ else ""])
    heads = ["median to largest", "embeddings move", "distances move", "equal error", "FRR at 1%", "at 0.1%", "differ"]
    print(table(heads, rows))
