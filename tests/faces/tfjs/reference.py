"""Writes faces/conversion/human-3.3.6.json: what TensorFlow.js says of the pictures of noise.

    python -m tests.faces.tfjs.reference FOLDER

FOLDER: where `npm install @tensorflow/tfjs@4.22.0` was run. Run once for a version of the package, never by the tests.
"""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from faces.conversion.human import ALL, REFERENCE, Pictures, WantedNetwork, noise_pictures, samples
from faces.model_files.human_models import FOLDER

PROGRAM = Path(__file__).with_name("run.mjs")


def run_by_tensorflow(wanted: WantedNetwork, picture: Pictures, tensorflow: Path) -> list[np.ndarray]:
    """Give each output that TensorFlow.js finds for one picture."""
    feeding = wanted.feeding
    given = {"side": feeding.side, "mean": feeding.mean, "scale": feeding.scale, "bgr": feeding.bgr}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({**given, "rgb": base64.b64encode(picture.tobytes()).decode()}, file)
        file.flush()
        command = ["node", str(PROGRAM), str(FOLDER / f"{wanted.name}.json"), file.name, *wanted.outputs]
        told = subprocess.run(command, cwd=tensorflow, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603
    return [np.array(numbers) for numbers in json.loads(told)]


def main(tensorflow: Path) -> None:
    """Ask for every network and picture, and write the samples."""
    told = {
        wanted.name: [
            [[float(f"{number:.7g}") for number in samples(output)] for output in outputs]
            for picture in noise_pictures(wanted.feeding.side)
            for outputs in [run_by_tensorflow(wanted, picture, tensorflow)]
        ]
        for wanted in ALL
    }
    REFERENCE.write_text(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
