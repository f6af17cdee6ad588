"""The engine at work: decodes a photo, finds and aligns the face, judges its quality, and lets a network embed it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from faces.engine import Look, Purpose, Quality
from faces.engines.networks import Network
from faces.errors import NoFace, UnknownModel
from faces.finding import quality as gates
from faces.finding.alignment import CHIP, DLIB_POINTS, AlignedFace
from faces.finding.boxes import Box, nearest_face
from faces.finding.finder import Finder, Found
from faces.finding.hog import HogFinder
from faces.photos.photo import Photo, PhotoLimits, Pixels, open_photo

DARK_PICTURE = 40.0  # mean grey level under which the advice for "no face" begins with light
# Side of a face's box in decoded pixels. dlib's chip shows it 100 pixels wide and faceres 112, so with these it is
# never enlarged for either.
ENOUGH_PX = 112.0


class PhotoEngine:
    """A FaceEngine in this process. Safe to call from several threads."""

    def __init__(
        self,
        networks: Sequence[Network],
        limits: PhotoLimits | None = None,
        models: Path | None = None,
        finders: Sequence[Finder] = (),
        along: Sequence[Network] = (),
    ) -> None:
        """networks: the first one is the engine's own, the others are there for templates made by them.

        along: networks that look along with the engine's own. models: where dlib's files lie. finders: asked in this
        order until one finds a face; HOG by default.
        """
        cv2.setNumThreads(1)  # a worker has one core, and a pool of threads wouldn't survive the fork
        self.name = networks[0].model
        self._networks = {network.model: network for network in reversed(networks)}
        self._along = tuple(along)
        self._limits = limits or PhotoLimits()
        self._finders = tuple(finders) or (HogFinder(models),)

    @property
    def networks(self) -> tuple[str, ...]:
        """The models whose numbers a look has, the engine's own first."""
        return (self.name, *(network.model for network in self._along))

    @property
    def models(self) -> frozenset[str]:
        """The models that this engine can look with."""
        return frozenset(self._networks)

    def ready(self) -> bool:
        """Say yes: once loaded, it is."""
        return True

    def warm(self) -> Self:
        """Do everything once on an empty picture, so that the first photo takes no longer than the next."""
        for finder in self._finders:
            finder.warm()
        empty = np.zeros((CHIP, CHIP, 3), np.uint8)
        for network in (*self._networks.values(), *self._along):
            network.embed(AlignedFace(empty, DLIB_POINTS * CHIP, empty))
        return self

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        """Find, align and embed the one face in a photo; raises a PhotoRefused, a FaceRefused or UnknownModel."""
        network = self._networks.get(model or self.name)
        if network is None:
            raise UnknownModel
        face, quality = self._face(open_photo(photo, self._limits), purpose)
        along = self._along if network.model == self.name else ()
        return Look(network.embed(face), quality, network.model, {each.model: each.embed(face) for each in along})

    def _face(self, photo: Photo, purpose: Purpose) -> tuple[AlignedFace, Quality]:
        """Find and align the face meant, and refuse what surely can't be recognised."""
        finder, found = self._find(photo, purpose)
        box, others = nearest_face(found.boxes, purpose)
        pixels = found.pixels
        if box.side < ENOUGH_PX and max(pixels.shape) < photo.long_side:
            pixels, box = _closer(photo, pixels, box)
        face = finder.align(pixels, box)
        quality = gates.measure(face, box, photo.long_side / max(pixels.shape), others)
        gates.refuse_the_useless(quality)
        return face, quality

    def _find(self, photo: Photo, purpose: Purpose) -> tuple[Finder, Found]:
        """Ask one finder after the other; gives the first that finds a face, with what it found."""
        for finder in self._finders:
            found = finder.find(photo, purpose)
            if found.boxes:
                return finder, found
        if cv2.mean(found.pixels)[1] < DARK_PICTURE:
            raise NoFace(advice=("more_light", "whole_face"))
        raise NoFace


def _closer(photo: Photo, pixels: Pixels, box: Box) -> tuple[Pixels, Box]:
    """Decode again, so large that the face has enough pixels or all that there are; gives the box in these."""
    before = max(pixels.shape)
    wanted = before * ENOUGH_PX / box.side
    larger = photo.decode(min(photo.long_side, int(wanted) + 1))
    return larger, box.moved(max(larger.shape) / before)
