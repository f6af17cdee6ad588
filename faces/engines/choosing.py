"""Make the engine that the settings name. The name says which network embeds; all engines find faces in the same way.

    dlib          dlib's network, run by dlib: slow, and the reference
    dlib-onnx     the same network, run by ONNX Runtime: its embeddings and templates are the same
    onnx:PATH     any other network, with a card file beside it (faces/model_files/card.py)

A name may end with `+faceres`, as in `dlib-onnx+faceres`. Then faceres embeds each face too, as the second network. The
first network gives the engine its name and its policy. The engine works without the second one where its file is
missing.

Web workers read names and policies here, so large libraries are imported only when an engine is made.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from faces.matching.policy import Policy, PolicySet, load_policies
from faces.model_files.card import UnusableNetwork, read_card
from faces.model_files.dlib_models import DLIB_MODEL
from faces.model_files.human_models import FACERES_MODEL

if TYPE_CHECKING:
    from faces.engines.cover_gate import CoverGate
    from faces.engines.networks import Network
    from faces.engines.photo_engine import PhotoEngine
    from faces.finding.finder import Finder
    from faces.finding.frame_reader import FrameReader

DLIB, DLIB_ONNX, ONNX, AND_FACERES = "dlib", "dlib-onnx", "onnx:", "+faceres"

_log = logging.getLogger(__name__)


def make_engine(
    name: str, *, folder: Path, also: Sequence[str] = (), refuses_covered_eyes: bool = False
) -> "PhotoEngine":
    """Load the engine of this name, and run it once so that it is warm.

    folder: where converted files are stored. also: names of further engines, whose templates must still be usable.
    refuses_covered_eyes: whether enrolment refuses them, and not only a covered mouth.
    Raises UnusableNetwork, OSError or RuntimeError where a network can't be loaded; the text says which one and why.
    """
    from faces.engines.photo_engine import PhotoEngine

    networks: dict[str, Network] = {}
    for each in (name, *also):
        if model_of(each) not in networks:  # dlib and dlib-onnx are the same model
            networks[model_of(each)] = _network(each, folder)
    second_networks = _make_second_networks(name, folder)
    gate = _make_cover_gate(second_networks, refuses_covered_eyes=refuses_covered_eyes)
    finders = make_finders(folder)
    return PhotoEngine(
        list(networks.values()),
        finders=finders,
        second_networks=second_networks,
        cover_gate=gate,
        frame_reader=_make_frame_reader(finders),
    ).warm()


def _make_frame_reader(finders: "Sequence[Finder]") -> "FrameReader | None":
    """Return the reader of challenges; None without the mesh, which comes with BlazeFace."""
    from faces.finding.blaze_finder import BlazeFinder
    from faces.finding.frame_reader import FrameReader

    for finder in finders:
        if isinstance(finder, BlazeFinder):
            return FrameReader(finder.mesh)
    return None


def _make_second_networks(name: str, folder: Path) -> "list[Network]":
    """Load the second network if the name asks for one. Where its file is missing, the first network decides alone."""
    from faces.engines.networks import FaceresNetwork

    if not name.endswith(AND_FACERES):
        return []
    try:
        return [FaceresNetwork(folder)]
    except FileNotFoundError:
        _log.warning("faces are recognised by one network alone: faceres was not fetched")
        return []


def _make_cover_gate(second_networks: "Sequence[Network]", *, refuses_covered_eyes: bool) -> "CoverGate | None":
    """Return the gate for covered faces; None without faceres, whose numbers it needs."""
    from faces.covers.classifier import load_judge
    from faces.engines.cover_gate import CoverGate

    for network in second_networks:
        if network.model == FACERES_MODEL:
            return CoverGate(load_judge(), network, refuses_covered_eyes=refuses_covered_eyes)
    _log.info("covered faces are not told: this needs the network faceres beside the engine's own")
    return None


def make_finders(folder: Path, models: Path | None = None) -> "list[Finder]":
    """Return the face finders: BlazeFace, then HOG for photos without a find; HOG alone without BlazeFace's file.

    folder: where converted files are stored. models: the folder of BlazeFace's files, by default the one that
    `scripts/fetch-models` fills. Raises UnusableNetwork if the file exists but is not the known one.
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
    """Return the name of the model in the looks and templates of an engine; raises UnusableNetwork."""
    return DLIB_MODEL if name.removesuffix(AND_FACERES) in (DLIB, DLIB_ONNX) else policy_of(name).engine


def networks_of(name: str) -> tuple[str, ...]:
    """Return the models of an engine, its own first and then the second one; raises UnusableNetwork."""
    return (model_of(name), FACERES_MODEL) if name.endswith(AND_FACERES) else (model_of(name),)


def policy_of(name: str) -> Policy:
    """Return the policy that is delivered with an engine, for its own network alone; raises UnusableNetwork."""
    return policy_set_of(name).policies[-1]


def policy_set_of(name: str) -> PolicySet:
    """Return the policies that are delivered with an engine, for all its networks first; raises UnusableNetwork."""
    first = name.removesuffix(AND_FACERES)
    if first not in (DLIB, DLIB_ONNX):
        return PolicySet((read_card(_path(first)).policy,))
    packaged = load_policies()
    return packaged if name.endswith(AND_FACERES) else PolicySet(packaged.policies[-1:])


def policies_of(names: Sequence[str]) -> dict[str, PolicySet]:
    """Return the policies of several engines by model; of two engines with one model the first counts."""
    found: dict[str, PolicySet] = {}
    for name in names:
        policies = policy_set_of(name)
        found.setdefault(policies.engine, policies)
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
