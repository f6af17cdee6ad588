"""Quantize dlib's network to int8. It runs faster where the processor has VNNI, and it counts as another model.

    scripts/quantize DIR [--out PATH]

DIR has one folder for each person. The range of each layer is measured on these faces, and values outside the range are
clipped later. So the faces must be of the kind that the network will see. Use the result as `FACE_ENGINE=onnx:PATH`.
Its embeddings differ from those of dlib's network. The thresholds on its card are copied from dlib's policy: calibrate
before you rely on them.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from faces.conversion.dlib_network import SIDE, read_known_network
from faces.conversion.dlib_to_onnx import INPUT, to_onnx_of_floats
from faces.conversion.serialized import DamagedFile
from faces.engine import Embedding, Purpose
from faces.engines.photo_engine import PhotoEngine
from faces.errors import FaceError
from faces.finding.alignment import AlignedFace
from faces.model_files.card import Alignment, UnusableNetwork
from faces.model_files.dlib_models import NETWORK, find_models
from faces.model_files.onnx_session import load_quantizer, open_session

FEWEST_FACES = 20  # more faces don't change the ranges
OUT = Path("var") / "quantized" / "dlib-resnet-v1-int8.onnx"
POLICY_VERSION = "dlib-plain-1-copied-not-calibrated"

Fed = NDArray[np.float32]


class CollectingNetwork:
    """A network that embeds nothing; it collects the faces that it is given."""

    model = "collecting"

    def __init__(self) -> None:
        self.faces: list[AlignedFace] = []

    def embed(self, face: AlignedFace) -> Embedding:
        """Collect the face; returns a zero."""
        self.faces.append(face)
        return np.zeros(1, np.float32)


def aligned_faces(photos: Iterable[Path], purpose: Purpose) -> list[AlignedFace]:
    """Return the aligned face of every photo that shows one; other photos are skipped."""
    collecting = CollectingNetwork()
    engine = PhotoEngine([collecting])
    for photo in photos:
        try:
            engine.look(photo.read_bytes(), purpose)
        except FaceError:
            continue
    return collecting.faces


def quantize(network: bytes, faces: Sequence[AlignedFace]) -> bytes:
    """Return the quantized network: weights are scaled by channel, ranges of activations are measured on these faces.

    network: the content of dlib's file. Input and output are those of `to_onnx_of_floats`. The same arguments give the
    same bytes. Raises UnusableNetwork where the file isn't dlib's, the faces are too few, or the onnx package is
    missing.
    """
    quantizer = load_quantizer()
    if len(faces) < FEWEST_FACES:
        raise UnusableNetwork(f"{len(faces)} faces are too few to measure ranges on: at least {FEWEST_FACES}")
    try:
        floats = to_onnx_of_floats(read_known_network(network))
    except DamagedFile as damaged:
        raise UnusableNetwork(f"{NETWORK}: {damaged}; install face_recognition_models anew") from damaged
    with tempfile.TemporaryDirectory() as scratch:
        given, prepared, made = (Path(scratch) / name for name in ("given.onnx", "prepared.onnx", "made.onnx"))
        given.write_bytes(floats)
        quantizer.shape_inference.quant_pre_process(given, prepared, skip_symbolic_shape=True)
        quantizer.quantize_static(
            prepared,
            made,
            _CalibrationFaces(faces),
            per_channel=True,
            activation_type=quantizer.QuantType.QUInt8,
            weight_type=quantizer.QuantType.QInt8,
            # Seven bits: eight can overflow where VNNI is missing, and templates would depend on the machine.
            reduce_range=True,
        )
        return made.read_bytes()


def card_of(quantized: bytes) -> dict[str, Any]:
    """Return the card of a quantized network, as `faces/model_files/card.py` reads it.

    The model's name contains eight digits of the file's hash, because quantizing on other faces makes another model.
    """
    digest = hashlib.sha256(quantized).hexdigest()
    plain = json.loads(
        resources.files("faces.matching").joinpath("policies", "dlib-plain.json").read_text(encoding="utf-8")
    )
    del plain["engine"]
    source = f"NOT CALIBRATED: thresholds of {plain['version']}, which were measured with floats, copied as they are."
    return {
        "model": f"dlib-resnet-v1-int8-{digest[:8]}",
        "sha256": digest,
        "side": SIDE,
        "colours": "rgb",
        "mean": [0, 0, 0],
        "scale": 1.0,
        "normalise": False,
        "alignment": {"kind": Alignment.DLIB_CHIP.value},
        "policy": {**plain, "version": POLICY_VERSION, "source": source},
    }


def write(quantized: bytes, path: Path) -> None:
    """Write the network and its card beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(quantized)
    path.with_suffix(".json").write_text(json.dumps(card_of(quantized), indent=2) + "\n", encoding="utf-8")


def movement(quantized: bytes, network: bytes, faces: Sequence[AlignedFace]) -> NDArray[np.float64]:
    """Return for each face the distance between its int8 embedding and its float embedding."""
    whole = open_session(to_onnx_of_floats(read_known_network(network)))
    small = open_session(quantized)
    return np.array([np.linalg.norm(whole.run(fed) - small.run(fed)) for fed in map(_fed, faces)], np.float64)


class _CalibrationFaces:
    """The faces in the form that the quantizer reads: one after the other, then None."""

    def __init__(self, faces: Sequence[AlignedFace]) -> None:
        self._left: Iterator[Fed] = map(_fed, faces)

    def get_next(self) -> dict[str, Fed] | None:
        fed = next(self._left, None)
        return None if fed is None else {INPUT: fed}


def _fed(face: AlignedFace) -> Fed:
    return face.chip.transpose(2, 0, 1)[None].astype(np.float32)


def main() -> int:
    """Read the command line, quantize, and print how far embeddings moved."""
    parser = argparse.ArgumentParser(prog="scripts/quantize", description="Quantize dlib's network on your own faces.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="photos, one folder a person")
    parser.add_argument("--out", type=Path, default=OUT, metavar="PATH", help=f"the file to write (default {OUT})")
    arguments = parser.parse_args()
    try:
        network = (find_models() / NETWORK).read_bytes()
        faces = aligned_faces(sorted(arguments.folder.glob("*/*.*")), Purpose.ENROL)
        quantized = quantize(network, faces)
        write(quantized, arguments.out)
    except (UnusableNetwork, OSError) as error:
        print(f"quantize: {error}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return 2
    moved = movement(quantized, network, faces)
    print(f"{arguments.out}: {len(faces)} faces moved by {np.median(moved):.3f} (median) to {moved.max():.3f}")  # noqa: T201
    print(f"its card says {POLICY_VERSION}; compare: scripts/bench accuracy DIR --engine dlib-onnx --engine onnx:PATH")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
