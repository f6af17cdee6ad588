"""An operator's own covered photos: how many covered faces, and how many plain ones, are called covered.

In the folder of a person, `covered_mouth/` holds photos with a mask, a scarf or a hand over the mouth, and
`covered_eyes/` photos with dark glasses; a photo with both may lie in either. The other photos of the person are plain
ones, with clear spectacles where people wear them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faces.calibration.intervals import share_interval
from faces.engine import COVERED, FaceEngine, Purpose, Quality
from faces.errors import FaceError

MOUTH, EYES = "covered_mouth", "covered_eyes"
MOST_PLAIN = 0.01  # share of plain photos whose eyes may be called covered, for refusing them
MOST_PLAIN_AT_WORST = 0.02  # upper end of its interval
LEAST_FOUND = 0.5  # lower end of the share of covered eyes that must be found: else refusing helps nobody
FEWEST_COVERED = 30  # photos with covered eyes


BLIND = "Covers are not judged: the second network is missing."


@dataclass(frozen=True, slots=True)
class Count:
    """How many of some photos are called covered."""

    called: int
    of: int

    @property
    def share(self) -> float:
        """The share that is called."""
        return self.called / max(self.of, 1)

    def __str__(self) -> str:
        low, high = share_interval(self.called, self.of)
        return f"{self.called} of {self.of}, {self.share:.1%} ({low:.1%} to {high:.1%})"


@dataclass(frozen=True, slots=True)
class CoverCounts:
    """The counts of a folder. no_face: covered photos in which no face was found, by folder."""

    covered: Mapping[str, Count]
    plain: Mapping[str, Count]
    no_face: Mapping[str, int]

    @property
    def may_refuse_eyes(self) -> bool:
        """Whether the photos carry the refusal of covered eyes."""
        plain, covered = self.plain[EYES], self.covered[EYES]
        return (
            covered.of >= FEWEST_COVERED
            and share_interval(covered.called, covered.of)[0] >= LEAST_FOUND
            and plain.share <= MOST_PLAIN
            and share_interval(plain.called, plain.of)[1] <= MOST_PLAIN_AT_WORST
        )


def has_covered_photos(folder: Path) -> bool:
    """Return whether some person of a folder has covered photos."""
    return any(any(folder.glob(f"*/{part}/*.*")) for part in (MOUTH, EYES))


def count_covers(folder: Path, engine: FaceEngine) -> CoverCounts:
    """Look at all photos of a folder of people, as at a check-in, which refuses no cover."""
    plain = [quality for quality in _looked_at(folder, "*/*.*", engine) if quality is not None]
    covered, no_face = {}, {}
    for part in (MOUTH, EYES):
        found = list(_looked_at(folder, f"*/{part}/*.*", engine))
        covered[part] = _count([quality for quality in found if quality is not None], part)
        no_face[part] = found.count(None)
    return CoverCounts(covered, {part: _count(plain, part) for part in (MOUTH, EYES)}, no_face)


def report(counts: CoverCounts) -> str:
    """Return the counts as text, and whether refusing covered eyes may be switched on."""
    lines = ["Covered faces, at the packaged thresholds; shares of photos with their 95% intervals:"]
    for part, what in ((MOUTH, "mouth"), (EYES, "eyes")):
        lines.append(f"{what} covered, called so: {counts.covered[part]}; no face in {counts.no_face[part]} more")
        lines.append(f"plain photos called covered at the {what}: {counts.plain[part]}")
    if counts.may_refuse_eyes:
        verdict = "FACE_REFUSE_COVERED_EYES=true may be switched on: these photos carry it."
    else:
        verdict = (
            f"Leave FACE_REFUSE_COVERED_EYES off: it needs {FEWEST_COVERED} photos with covered eyes or more, of which "
            f"at least {LEAST_FOUND:.0%} are surely called, and at most {MOST_PLAIN:.0%} of the plain photos "
            f"({MOST_PLAIN_AT_WORST:.0%} at the upper end)."
        )
    return "\n".join([*lines, verdict])


def _looked_at(folder: Path, pattern: str, engine: FaceEngine) -> Iterator[Quality | None]:
    """Yield the quality of each photo; None where no face can be used."""
    for path in sorted(folder.glob(pattern)):
        group = path.relative_to(folder).parts[0]
        if group.startswith("_") and group != "_one_photo":
            continue
        try:
            yield engine.look(path.read_bytes(), Purpose.CHECK_IN).quality
        except FaceError:
            yield None


def _count(found: list[Quality], part: str) -> Count:
    covers = [quality.mouth_cover if part == MOUTH else quality.eyes_cover for quality in found]
    return Count(sum(cover >= COVERED for cover in covers), len(covers))
