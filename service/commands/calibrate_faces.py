"""Calibration on a folder of people (X-12): `scripts/calibrate-faces DIR` measures, recommends and sets thresholds.

DIR has one folder of photos for each person. `_one_photo/` may hold more people with one photo each. In a person's
folder, `covered_mouth/` and `covered_eyes/` may hold covered photos: they tell how covers are judged, and no threshold
rests on them. No photo is stored, only the means of all people and the thresholds.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from accounts.thresholds.calibrations import compute, keep, next_version
from accounts.thresholds.policies import set_in_force
from faces.calibration.calibrating import Calibration, TooFewPeople, WantedShares
from faces.calibration.evaluating import Evaluation, evaluate
from faces.calibration.pairs import Person, Yardstick
from faces.engine import FaceEngine, Purpose
from faces.engines.choosing import make_engine, policy_of
from faces.errors import FaceError
from faces.matching.measure import Descriptors
from faces.matching.policy import Guard
from faces.model_files.card import UnusableNetwork
from foundation.clock import SystemClock, day_at_home
from models.face_policies import CalibrationSource
from service.commands import covered_photos
from service.commands.covered_photos import count_covers, has_covered_photos
from service.commands.terminal import run_command
from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.migrating import migrate

OTHERS = "_one_photo"
PHOTOS = (1, 2, 3)
GRID = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)  # rates of false accepts in the plot


@dataclass(frozen=True)
class FolderFigures:
    """The results of a folder. evaluations: by number of photos, up to one less than the largest number of a person."""

    people: int
    photos: int
    refused: int
    calibrations: Sequence[Calibration]
    evaluations: Mapping[int, Evaluation]


def read_folder(folder: Path, engine: FaceEngine) -> tuple[list[Person], int]:
    """Read all photos; return the people with a usable photo, and the number of refused photos."""
    found: dict[str, list[Descriptors]] = {}
    refused = 0
    for path in sorted(folder.glob("*/*.*")):
        group = path.parent.name
        if group.startswith("_") and group != OTHERS:
            continue
        person = f"{OTHERS}/{path.stem}" if group == OTHERS else group
        try:
            found.setdefault(person, []).append(engine.look(path.read_bytes(), Purpose.ENROL).descriptors)
        except FaceError:
            refused += 1
    return [photos for photos in found.values() if photos], refused


def measure(
    people: Sequence[Person], refused: int, networks: Sequence[str], version: str, source: str, guard: Guard | None
) -> FolderFigures:
    """Return the thresholds and the rates of false rejects. guard: as in `compute`. Raises TooFewPeople."""
    evaluations = {}
    for photos in PHOTOS:
        if sum(len(person) > photos for person in people) >= 2:
            evaluations[photos] = evaluate(people, Yardstick(tuple(networks)), photos, far=GRID)
    calibrations = compute(people, networks, version=version, source=source, guard=guard)
    return FolderFigures(len(people), sum(map(len, people)), refused, calibrations, evaluations)


def report(measured: FolderFigures) -> str:
    """Return the table of rates, with the recommendation or the reason for none, as text."""
    best, wanted = measured.calibrations[0], WantedShares()
    lines = [
        f"{measured.people} people, {measured.photos} photos used, {measured.refused} refused; networks "
        f"{best.policy.networks}",
        "",
        f"{'photos':<8}{'false accepts':<15}{'threshold (95% interval)':<28}{'claimed':<9}false rejects (95% interval)",
    ]
    for each in best.limits:
        for limit, share in ((each.accept, wanted.accepted), (each.review, wanted.reviewed)):
            seen = measured.evaluations.get(each.photos)
            rejects = str(seen.false_rejects[share]) if seen else "too few photos"
            span = f"{limit.distance:.3f} ({limit.low:.3f} to {limit.high:.3f})"
            lines.append(f"{each.photos:<8}{share:<15.1%}{span:<28}{'yes' if limit.is_claimed else 'NO':<9}{rejects}")
    if best.duplicates:
        lines += [
            "",
            f"{len(best.duplicates)} pairs of folders look like one person and count once: check the folders.",
        ]
    return "\n".join([*lines, "", recommendation(best)])


def recommendation(calibration: Calibration) -> str:
    """Return the recommended thresholds, or the reason for no recommendation, as text."""
    if calibration.is_claimed:
        return "Recommended: the pairs of people carry every rate wanted. Set it with --set --author NAME."
    pairs = calibration.limits[0].accept.pairs
    return (
        f"NOT recommended as a claim: {pairs} pairs of people can't carry {WantedShares().accepted:.1%} of false "
        "accepts. What is marked NO is an estimate by the normal distribution. --set takes it all the same, as a "
        "bootstrap until the gallery has fifty faces of its own."
    )


def plot(measured: FolderFigures, path: Path) -> None:
    """Plot false rejects against false accepts for one, two and three photos, as PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), dpi=120)
    for photos, seen in measured.evaluations.items():
        rates = [seen.false_rejects[far] for far in GRID]
        percent = [100 * far for far in GRID]
        (line,) = axes.plot(percent, [100 * rate.median for rate in rates], marker="o", label=f"{photos} photo(s)")
        low, high = [100 * rate.low for rate in rates], [100 * rate.high for rate in rates]
        axes.fill_between(percent, low, high, alpha=0.15, color=line.get_color())
    for wanted in (WantedShares().accepted, WantedShares().reviewed):
        axes.axvline(100 * wanted, linestyle="--", linewidth=1, color="grey")
    axes.set_xscale("log")
    axes.set_xlabel("strangers accepted, %")
    axes.set_ylabel("right people turned away, %")
    axes.set_title(f"{measured.people} people, {measured.calibrations[0].policy.networks}")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(path)


def calibrate(settings: Settings, folder: Path, *, author: str | None, reason: str | None, plot_to: Path | None) -> str:
    """Measure a folder and return the report. With an author, also store the calibration and set it in force.

    Raises TooFewPeople, UnusableNetwork.
    """
    engine = make_engine(settings.face_engine, folder=settings.var / "models")
    people, refused = read_folder(folder, engine)
    now = SystemClock().now()
    migrate(settings)
    database = create_engine(settings.database)
    prepare_engine(database)
    try:
        with Session(database) as db, db.begin():
            version = next_version(db, CalibrationSource.FOLDER)
        source = f"{len(people)} people of a folder that the operator gave, on {day_at_home(now).isoformat()}"
        guard = policy_of(settings.face_engine).guard
        measured = measure(people, refused, engine.networks, version, source, guard)
        text = report(measured)
        if has_covered_photos(folder):
            judged = (
                covered_photos.report(count_covers(folder, engine)) if engine.judges_covers else covered_photos.BLIND
            )
            text += "\n\n" + judged
        if plot_to is not None:
            plot(measured, plot_to)
        if author is None:
            return text
        with Session(database) as db, db.begin():
            row = keep(db, calibrations=measured.calibrations, source=CalibrationSource.FOLDER, now=now)
            set_in_force(
                db,
                engine=row.engine,
                calibration_id=row.id,
                now=now,
                author=author,
                reason=reason or "a folder of people",
            )
    finally:
        database.dispose()
    return f"{text}\n\nSet in force as {version}, by {author}, at {now.isoformat(timespec='seconds')}."


def main() -> int:
    """Read the command line, measure and print the report; return 2 if it fails."""
    parser = argparse.ArgumentParser(prog="scripts/calibrate-faces", description="Thresholds from a folder of people.")
    parser.add_argument("folder", type=Path, help="one folder a person; _one_photo/ may hold more people")
    parser.add_argument("--plot", type=Path, help="where to write the curve, as PNG")
    parser.add_argument("--set", action="store_true", help="let decisions go by it from now on")
    parser.add_argument("--author", help="who sets it; needed with --set")
    parser.add_argument("--reason", help="why, for the record")
    asked = parser.parse_args()
    if asked.set != bool(asked.author):
        parser.error("--set and --author go together")
    if not asked.folder.is_dir():
        parser.error("DIR must be a folder with one folder a person")

    def act(settings: Settings) -> str:
        return calibrate(settings, asked.folder, author=asked.author, reason=asked.reason, plot_to=asked.plot)

    return run_command("calibrate-faces", act, refusals=(TooFewPeople, UnusableNetwork))


if __name__ == "__main__":
    sys.exit(main())
