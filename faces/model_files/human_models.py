"""The networks of the npm package @vladmandic/human (MIT), which `scripts/fetch-models` puts beside the packages.

They are TensorFlow.js's, and are converted before use. Where they can't be had, the service runs without them.
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from faces.model_files.card import UnusableNetwork

VERSION = "3.3.6"
FACERES_MODEL = f"human-faceres-{VERSION}"  # what its looks and templates carry
FOLDER = Path(sys.prefix) / "models" / f"human-{VERSION}"


@dataclass(frozen=True, slots=True)
class Original:
    """A network as the package has it, and the SHA-256 of its two files."""

    name: str
    topology_sha256: str
    weights_sha256: str


BLAZEFACE = Original(
    "blazeface",
    "cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f",
    "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72",
)
FACEMESH = Original(
    "facemesh",
    "b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7",
    "3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b",
)
FACERES = Original(
    "faceres",
    "5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df",
    "2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b",
)


def are_here(folder: Path = FOLDER) -> bool:
    """Return whether the networks were fetched; whether they are the right ones shows when they are read."""
    originals = (BLAZEFACE, FACEMESH, FACERES)
    return all((folder / f"{each.name}{kind}").is_file() for each in originals for kind in (".json", ".bin"))


def read_original(original: Original, folder: Path = FOLDER) -> tuple[bytes, bytes]:
    """Read topology and weights; raises UnusableNetwork unless they are the known ones, and OSError."""
    topology = (folder / f"{original.name}.json").read_bytes()
    weights = (folder / f"{original.name}.bin").read_bytes()
    for content, sha256 in ((topology, original.topology_sha256), (weights, original.weights_sha256)):
        if hashlib.sha256(content).hexdigest() != sha256:
            raise UnusableNetwork(f"{original.name} is not the network that is known; remove {folder} and start again")
    return topology, weights
