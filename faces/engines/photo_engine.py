"""The engine: it decodes a photo, finds and aligns the face, measures its quality, and lets a network embed it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from faces.engine import Look, Purpose, Quality
from faces.engines.cover_gate import CoverGate
from faces.engines.networks import Network
from faces.errors import ChallengeUnavailable, LowQuality, NoFace, UnknownModel
from faces.finding import quality as gates
from faces.finding.alignment import CHIP, DLIB_POINTS, AlignedFace
from faces.finding.boxes import Box, nearest_face
from faces.finding.finder import Finder, FoundFaces
from faces.finding.fingerprints import fingerprint_of
from faces.finding.frame_reader import FrameReader
from faces.finding.hog import HogFinder
from faces.photos.photo import Photo, PhotoLimits, Pixels, open_photo

DARK_PICTURE = 40.0  # mean grey level; below it the advice for "no face" begins with more light
# Side of a face's box in decoded pixels. The face is 100 pixels wide in dlib's chip and 112 in faceres's input, so it
# is never enlarged for either.
ENOUGH_PX = 112.0


class PhotoEngine:
    """A FaceEngine that works in this process. Several threads may call it at once."""

    def __init__(
        self,
        networks: Sequence[Network],
        limits: PhotoLimits | None = None,
        models: Path | None = None,
        finders: Sequence[Finder] = (),
        second_networks: Sequence[Network] = (),
        cover_gate: CoverGate | None = None,
        frame_reader: FrameReader | None = None,
    ) -> None:
        """networks: the first one is the engine's own; the others serve templates that were made by them.

        second_networks: networks that embed each face beside the engine's own. models: the folder of dlib's files.
        finders: tried in this order until one finds a face; HOG by default. cover_gate: None where covers can't be
        judged. frame_reader: None where the mesh is missing; then no challenge can be judged.
        """
        cv2.setNumThreads(1)  # a worker has one core, and threads don't survive a fork
        self.name = networks[0].model
        self._networks = {network.model: network for network in reversed(networks)}
        self._second_networks = tuple(second_networks)
        self._limits = limits or PhotoLimits()
        self._cover_gate = cover_gate
        self._frame_reader = frame_reader
        self._finders = tuple(finders) or (HogFinder(models),)

    @property
    def networks(self) -> tuple[str, ...]:
        """The models whose embeddings a look holds; the engine's own model is the first."""
        return (self.name, *(network.model for network in self._second_networks))

    @property
    def judges_covers(self) -> bool:
        """Whether looks tell covered faces. Without faceres they don't."""
        return self._cover_gate is not None

    @property
    def frame_reader(self) -> FrameReader | None:
        """What reads the frames of challenges; None without the mesh."""
        return self._frame_reader

    @property
    def models(self) -> frozenset[str]:
        """The models that this engine can embed with."""
        return frozenset(self._networks)

    def ready(self) -> bool:
        """Return True: an engine that is loaded is ready."""
        return True

    def warm(self) -> Self:
        """Run every step once on an empty picture, so that the first photo takes no longer than the next one."""
        for finder in self._finders:
            finder.warm()
        empty = np.zeros((CHIP, CHIP, 3), np.uint8)
        for network in (*self._networks.values(), *self._second_networks):
            network.embed(AlignedFace(empty, DLIB_POINTS * CHIP, empty))
        return self

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Find, align and embed the one face in a photo; raises PhotoRefused, FaceRefused or UnknownModel.

        Raises ChallengeUnavailable for a challenge's frame without a mesh.
        """
        network = self._networks.get(model or self.name)
        if network is None:
            raise UnknownModel
        if purpose is Purpose.CHALLENGE and self._frame_reader is None:
            raise ChallengeUnavailable
        face, quality = self._face(open_photo(photo, self._limits), purpose)
        second_networks = self._second_networks if network.model == self.name else ()
        also = {each.model: each.embed(face) for each in second_networks}
        if self._cover_gate is not None:
            quality = self._cover_gate.measure(face, quality, also)
            self._cover_gate.refuse(quality, purpose)
        mirrored = {}
        if purpose is Purpose.ENROL:  # a check-in's photo is compared with both kinds of the enrolled ones
            turned = face.mirrored()
            mirrored = {each.model: each.embed(turned) for each in (network, *second_networks)}
        reader = self._frame_reader if purpose is Purpose.CHALLENGE else None
        mesh = reader.read(face) if reader is not None else None
        return Look(network.embed(face), quality, network.model, also, mirrored, fingerprint_of(photo, face), mesh)

    def aligned(self, photo: bytes, purpose: Purpose) -> AlignedFace:
        """Find and align the face that `look` embeds; raises PhotoRefused or FaceRefused, but not FaceCovered."""
        return self._face(open_photo(photo, self._limits), purpose)[0]

    def _face(self, photo: Photo, purpose: Purpose) -> tuple[AlignedFace, Quality]:
        """Find and align the person's face; refuse one that the purpose can't use."""
        finder, found = self._find(photo, purpose)
        box, others = nearest_face(found.boxes, purpose)
        pixels = found.pixels
        if box.side < ENOUGH_PX and max(pixels.shape) < photo.long_side:
            pixels, box = _decode_larger(photo, pixels, box)
        face = finder.align(pixels, box)
        quality = gates.measure(face, box, photo.long_side / max(pixels.shape), others)
        gates.refuse_the_useless(quality, purpose)
        return face, quality

    def _find(self, photo: Photo, purpose: Purpose) -> tuple[Finder, FoundFaces]:
        """Try one finder after the other; returns the first that finds a face, with the faces.

        Raises LowQuality for what may be a blurred face, else NoFace.
        """
        is_blurred = False
        for finder in self._finders:
            found = finder.find(photo, purpose)
            if found.boxes:
                return finder, found
            if found.faint is not None:
                is_blurred = gates.is_blurred(found.pixels, found.faint)
        if is_blurred:
            raise LowQuality(advice=("hold_still", "whole_face"))
        if cv2.mean(found.pixels)[1] < DARK_PICTURE:
            raise NoFace(advice=("more_light", "whole_face"))
        raise NoFace


def _decode_larger(photo: Photo, pixels: Pixels, box: Box) -> tuple[Pixels, Box]:
    """Decode the photo larger, until the face has enough pixels or the photo has no more; return pixels and box."""
    before = max(pixels.shape)
    wanted = before * ENOUGH_PX / box.side
    larger = photo.decode(min(photo.long_side, int(wanted) + 1))
    return larger, box.moved(max(larger.shape) / before)
