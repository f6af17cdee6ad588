"""Which engine: chosen by the name in the settings. It says which network embeds; what finds the faces is the same.

    dlib          dlib's network, run by dlib: slow, the reference
    dlib-onnx     the same network, run by ONNX Runtime: the same numbers, so templates of the two are the same
    onnx:PATH     any other network, with a card beside its file (faces/card.py)

Light until an engine is made: web workers ask here for names and policies, and load no library for that.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faces.card import UnusableNetwork, read_card
from faces.policy import Policy, load_policy

if TYPE_CHECKING:
    from faces.finding import Finder
    from faces.networks import Network
    from faces.photo_engine import PhotoEngine

_log = logging.getLogger(__name__)
DLIB, DLIB_ONNX, ONNX = "dlib", "dlib-onnx", "onnx:"


def make_engine(name: str, *, folder: Path, also: Sequence[str] = ()) -> "PhotoEngine":
    """Load the engine of this name, warm.

    folder: where files made from others are kept. also: names of further engines, whose templates must still be
    understood. Raises UnusableNetwork, OSError or RuntimeError where a network can't be loaded, saying which and why.
    """
    from faces.photo_engine import PhotoEngine

    networks: dict[str, Network] = {}
    for each in (name, *also):
        if model_of(each) not in networks:  # dlib and dlib-onnx are one
            networks[model_of(each)] = _network(each, folder)
    return PhotoEngine(list(networks.values()), finders=make_finders(folder)).warm()


def make_finders(folder: Path, models: Path | None = None) -> "list[Finder]":
    """Load what finds faces: BlazeFace, with HOG for what it doesn't find; HOG alone where BlazeFace wasn't fetched.

    folder: where converted files are kept. models: where BlazeFace's files lie, if not where they were fetched to.
    Raises UnusableNetwork where it is there, but not the one that is known.
    """
    from faces.blaze_finder import BlazeFinder
    from faces.hog import HogFinder
    from faces.human_models import FOLDER

    try:
        return [BlazeFinder(folder, models or FOLDER), HogFinder()]
    except FileNotFoundError:
        _log.warning("faces are found by HOG alone: BlazeFace was not fetched")
        return [HogFinder()]


def model_of(name: str) -> str:
    """Give the name of the model that an engine's looks and templates carry; raises UnusableNetwork."""
    return policy_of(name).engine


def policy_of(name: str) -> Policy:
    """Give the thresholds that belong to an engine; raises UnusableNetwork."""
    if name in (DLIB, DLIB_ONNX):
        return load_policy()
    return read_card(_path(name)).policy


def policies_of(names: Sequence[str]) -> dict[str, Policy]:
    """Give the policies of several engines by their models; the first of two with one model counts."""
    found: dict[str, Policy] = {}
    for name in names:
        policy = policy_of(name)
        found.setdefault(policy.engine, policy)
    return found


def _network(name: str, folder: Path) -> "Network":
    from faces.dlib_models import find_models
    from faces.networks import CardedNetwork, ConvertedDlibNetwork, DlibNetwork

    if name == DLIB:
        return DlibNetwork(find_models())
    if name == DLIB_ONNX:
        return ConvertedDlibNetwork(find_models(), folder)
    return CardedNetwork(_path(name))


def _path(name: str) -> Path:
    if not name.startswith(ONNX) or name == ONNX:
        raise UnusableNetwork(f"no engine is called {name!r}: dlib, dlib-onnx or onnx:PATH")
    return Path(name.removeprefix(ONNX))
