"""The gate for covered faces: it measures covers on an aligned face, and refuses them at enrolment."""

from collections.abc import Mapping
from dataclasses import replace

from faces.covers.classifier import CoverJudge
from faces.engine import COVERED, Embedding, Purpose, Quality
from faces.engines.networks import Network
from faces.errors import FaceCovered
from faces.finding.alignment import AlignedFace

UNCOVER = "uncover_face"


class CoverGate:
    """Judges covers by faceres and the chip. Several threads may call it at once."""

    def __init__(self, judge: CoverJudge, faceres: Network, *, refuses_covered_eyes: bool = False) -> None:
        """faceres: the network whose numbers are judged. refuses_covered_eyes: at enrolment; a covered mouth always."""
        self._judge, self._faceres = judge, faceres
        self._refuses_covered_eyes = refuses_covered_eyes

    def measure(self, face: AlignedFace, quality: Quality, known: Mapping[str, Embedding]) -> Quality:
        """Return the quality with the covers, and the advice to uncover the face first. known: embeddings by model."""
        numbers = known[self._faceres.model] if self._faceres.model in known else self._faceres.embed(face)
        covers = self._judge.judge(face.chip, numbers)
        measured = replace(quality, mouth_cover=covers.mouth, eyes_cover=covers.eyes)
        return replace(measured, advice=(UNCOVER, *quality.advice)) if measured.is_covered else measured

    def refuse(self, quality: Quality, purpose: Purpose) -> None:
        """Raise FaceCovered for a face that check-in could not live with. A check-in itself is judged by its result."""
        if purpose is not Purpose.ENROL:
            return
        if quality.mouth_cover >= COVERED or (self._refuses_covered_eyes and quality.eyes_cover >= COVERED):
            raise FaceCovered(advice=quality.advice)
