"""Which engine: chosen by the name in the settings. It says which network embeds; what finds the faces is the same.

    dlib          dlib's network, run by dlib: slow, the reference
    dlib-onnx     the same network, run by ONNX Runtime: the same numbers, so templates of the two are the same
    onnx:PATH     any other network, with a card beside its file (faces/model_files/card.py)

With `+faceres` behind it, as in `dlib-onnx+faceres`, the network of that name looks along: the first one gives the
engine its name and its policy, and the second is done without where it can't be had.

Light until an engine is made: web workers ask here for names and policies, and load no library for that.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faces.matching.policy import Policy, load_policy
from faces.model_files.card import UnusableNetwork, read_card
from faces.model_files.human_models import FACERES_MODEL

if TYPE_CHECKING:
    from faces.engines.networks import Network
    from faces.engines.photo_engine import PhotoEngine
    from faces.finding.finder import Finder

DLIB, DLIB_ONNX, ONNX, AND_FACERES = "dlib", "dlib-onnx", "onnx:", "+faceres"

_log = logging.getLogger(__name__)


def make_engine(name: str, *, folder: Path, also: Sequence[str] = ()) -> "PhotoEngine":
    """Load the engine of this name, warm.

    folder: where files made from others are kept. also: names of further engines, whose templates must still be
    understood. Raises UnusableNetwork, OSError or RuntimeError where a network can't be loaded, saying which and why.
    """
    from faces.engines.photo_engine import PhotoEngine

    networks: dict[str, Network] = {}
    for each in (name, *also):
        if model_of(each) not in networks:  # dlib and dlib-onnx are one
            networks[model_of(each)] = _network(each, folder)
    along = _make_along(name, folder)
    return PhotoEngine(list(networks.values()), finders=make_finders(folder), along=along).warm()


def _make_along(name: str, folder: Path) -> "list[Network]":
    """Load what looks along; nothing where it wasn't fetched, and then decisions go by the first network alone."""
    from faces.engines.networks import FaceresNetwork

    if not name.endswith(AND_FACERES):
        return []
    try:
        return [FaceresNetwork(folder)]
    except FileNotFoundError:
        _log.warning("faces are recognised by one network alone: faceres was not fetched")
        return []


def make_finders(folder: Path, models: Path | None = None) -> "list[Finder]":
    """Load what finds faces: BlazeFace, with HOG for what it doesn't find; HOG alone where BlazeFace wasn't fetched.

    folder: where converted files are kept. models: where BlazeFace's files lie, if not where they were fetched to.
    Raises UnusableNetwork where it is there, but not the one that is known.
    """
    from faces.finding.blaze_finder import BlazeFinder
    from faces.finding.hog import HogFinder
    from faces.model_files.human_models import FOLDER

    try:
        return [BlazeFinder(folder, models or FOLDER), HogFinder()]
    except FileNotFoundError:
        _log.warning("faces are found by HOG alone: BlazeFace was not fetched")
        return [HogFinder()]


def model_of(name: str) -> str:
    """Give the name of the model that an engine's looks and templates carry; raises UnusableNetwork."""
    return policy_of(name).engine


def networks_of(name: str) -> tuple[str, ...]:
    """Give the models that look along in an engine of this name, its own first; raises UnusableNetwork."""
    return (model_of(name), FACERES_MODEL) if name.endswith(AND_FACERES) else (model_of(name),)


def policy_of(name: str) -> Policy:
    """Give the thresholds that come with an engine, for its own network alone; raises UnusableNetwork."""
    name = name.removesuffix(AND_FACERES)
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
    from faces.engines.networks import CardedNetwork, ConvertedDlibNetwork, DlibNetwork
    from faces.model_files.dlib_models import find_models

    name = name.removesuffix(AND_FACERES)
    if name == DLIB:
        return DlibNetwork(find_models())
    if name == DLIB_ONNX:
        return ConvertedDlibNetwork(find_models(), folder)
    return CardedNetwork(_path(name))


def _path(name: str) -> Path:
    if not name.startswith(ONNX) or name == ONNX:
        raise UnusableNetwork(f"no engine is called {name!r}: dlib, dlib-onnx or onnx:PATH, and +faceres behind it")
    return Path(name.removeprefix(ONNX))
