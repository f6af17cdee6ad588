"""Train the weights that tell covered faces, on covers drawn over the photos of folders of people.

    scripts/train-covers DIR [DIR ...] [--out FOLDER] [--processes N] [--keep FILE]

Each DIR has one folder a person; `_one_photo/` may hold more people. No photo is stored: the result is one weight for
each feature, with a card that names the digest of the folders and how the thresholds were set. Thresholds are set on
people and on styles of covers that the weights they belong to never saw.
"""

import argparse
import functools
import hashlib
import io
import json
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from faces.covers.classifier import CARD, WEIGHTS, Numbers, Weights
from faces.covers.drawing import PLAIN, SEEMING, STYLES, TRAINED, UNSEEN, FacePart, Style, style_named
from faces.covers.features import FACERES_NUMBERS, Features
from faces.covers.training import Examples, held_out_scores, threshold_at, train
from faces.covers.views import Eye, View, people_in, seen, views
from faces.engine import Purpose
from faces.engines.choosing import make_finders
from faces.engines.networks import FaceresNetwork
from faces.engines.photo_engine import PhotoEngine
from faces.model_files.card import UnusableNetwork

VERSION = "covers-1"
OUT = Path(__file__).parents[1] / "covers" / "packaged"
KEPT = Path("var") / "models"
WANTED = {FacePart.MOUTH: 0.005, FacePart.EYES: 0.01}  # share of plain faces that may be called covered
SEEMING_TIMES = 4  # as many faces with something that only seems to cover them
PLAIN_VIEWS, TRAINED_VIEWS, UNSEEN_VIEWS = 3.0, 0.3, 0.25  # of each photo, in each style
FEWEST_PEOPLE = 20


def make_eye(folder: Path = KEPT) -> Eye:
    """Return what sees photos as the engine does; raises FileNotFoundError without faceres."""
    faceres = FaceresNetwork(folder)
    engine = PhotoEngine([faceres], finders=make_finders(folder)).warm()
    return Eye(lambda photo: engine.aligned(photo, Purpose.CHECK_IN), faceres.embed)


def gather(people: Mapping[str, Sequence[Path]], processes: int) -> list[View]:
    """Return the views of all photos."""
    times = {
        PLAIN: PLAIN_VIEWS,
        **dict.fromkeys(TRAINED, TRAINED_VIEWS),
        **dict.fromkeys(UNSEEN, UNSEEN_VIEWS),
    }
    named = {style.name: wanted for style, wanted in times.items()}
    tasks = [(place, path, named) for place, photos in enumerate(people.values()) for path in photos]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        gathered = [view for found in pool.imap_unordered(_views_of, tasks) for view in found]
    return sorted(gathered, key=lambda view: (view.person, view.style))


@functools.cache
def _eye() -> Eye:
    return make_eye()


def _views_of(task: tuple[int, Path, dict[str, float]]) -> list[View]:
    person, path, named = task
    times = {style_named(name): wanted for name, wanted in named.items()}
    seed = int.from_bytes(hashlib.sha256(f"{person} {path.name}".encode()).digest()[:8])
    return list(views(_eye(), person, path.read_bytes(), times, np.random.default_rng(seed)))


def examples(found: Sequence[View], part: FacePart, styles: Sequence[Style]) -> Examples:
    """Return the views in some styles as examples for one part. Every person counts nearly the same."""
    by_name = {style.name: style for style in styles}
    chosen = [view for view in seen(found) if view.style in by_name]
    person = np.array([view.person for view in chosen], np.intp)
    many = np.bincount(person, minlength=1)[person]
    return Examples(
        np.array([row_of(view, part) for view in chosen], np.float32),
        np.array([part in by_name[view.style].hides for view in chosen], np.bool_),
        person,
        1 / np.sqrt(many),
    )


def row_of(view: View, part: FacePart) -> Numbers:
    """Return the features of a view for one part."""
    assert view.found is not None  # noqa: S101 - only views with a face are given
    return view.found.mouth if part is FacePart.MOUTH else view.found.eyes


def thresholds(found: Sequence[View], part: FacePart) -> tuple[float, dict[str, Any]]:
    """Return the threshold for one part, and the figures that it rests on, by people held out in turn.

    At most the wanted share of plain faces is called covered, and at most four times as many of those with something
    that only seems to cover this part.
    """
    learnt = examples(found, part, (PLAIN, *TRAINED))
    shown = examples(found, part, STYLES)
    names = np.array([view.style for view in seen(found)])
    scores = held_out_scores(learnt, shown)
    plain, seeming = names == PLAIN.name, np.isin(names, sorted(SEEMING[part]))
    each_once = 1 / np.bincount(shown.person)[shown.person]
    limit = max(
        threshold_at(scores[plain], each_once[plain], WANTED[part]),
        threshold_at(scores[seeming], each_once[seeming], SEEMING_TIMES * WANTED[part]),
    )
    told = {
        str(name): f"{(scores[names == name] > limit).sum()} of {(names == name).sum()}"
        for name in dict.fromkeys(names.tolist())
    }
    return limit, {"threshold": round(limit, 4), "wanted": WANTED[part], "called_of_held_out_people": told}


def make_weights(found: Sequence[View]) -> tuple[dict[FacePart, Weights], dict[str, Any]]:
    """Return the weights of each part, learnt from everybody, with the threshold at zero; and the figures of each."""
    made, figures = {}, {}
    for part in FacePart:
        limit, told = thresholds(found, part)
        made[part] = train(examples(found, part, (PLAIN, *TRAINED))).with_threshold(limit)
        figures[part.value] = {**told, "bias": made[part].bias}
    return made, figures


def digest(people: Mapping[str, Sequence[Path]]) -> str:
    """Return the SHA-256 of all photos, by name and content."""
    summed = hashlib.sha256()
    for name, photos in people.items():
        for path in photos:
            summed.update(f"{name}/{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return summed.hexdigest()


def write(made: Mapping[FacePart, Weights], card: Mapping[str, Any], folder: Path) -> None:
    """Write weights and card."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **{part.value: weights.weights for part, weights in made.items()})  # type: ignore[arg-type]
    content = buffer.getvalue()
    (folder / WEIGHTS).write_bytes(content)
    whole = {"version": VERSION, "sha256": hashlib.sha256(content).hexdigest(), **card}
    (folder / CARD).write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def keep(found: Sequence[View], path: Path) -> None:
    """Keep the views in a file, to train again without looking at the photos."""
    missed = [view for view in found if view.found is None]
    found = seen(found)
    np.savez(
        path,
        missed_person=np.array([view.person for view in missed], np.intp),
        missed_style=np.array([view.style for view in missed], np.str_),
        person=[view.person for view in found],
        style=[view.style for view in found],
        original=[view.is_original for view in found],
        mouth=np.array([view.found.mouth for view in found if view.found]),
        eyes=np.array([view.found.eyes[FACERES_NUMBERS:] for view in found if view.found]),
    )


def read_kept(path: Path) -> list[View]:
    """Return the views in a file that `keep` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        mouth, eyes = kept["mouth"], kept["eyes"]
        missed = zip(kept["missed_person"], kept["missed_style"], strict=True)
        rows = zip(kept["person"], kept["style"], kept["original"], mouth, eyes, strict=True)
        return [
            View(int(person), str(style), Features(row, np.concatenate([row[:FACERES_NUMBERS], band])), bool(original))
            for person, style, original, row, band in rows
        ] + [View(int(person), str(style), None) for person, style in missed]


def main() -> int:
    """Read the command line, train, and write weights and card."""
    parser = argparse.ArgumentParser(prog="scripts/train-covers", description="Train the weights of covered faces.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="photos, one folder a person")
    parser.add_argument("--out", type=Path, default=OUT, help="where weights and card are written")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the features there, or use what is there")
    asked = parser.parse_args()
    people = people_in(asked.folders)
    if len(people) < FEWEST_PEOPLE:
        print(f"train-covers: {len(people)} people, and {FEWEST_PEOPLE} are needed", file=sys.stderr)  # noqa: T201
        return 2
    try:
        found = read_kept(asked.keep) if asked.keep and asked.keep.exists() else gather(people, asked.processes)
    except (UnusableNetwork, OSError) as error:
        print(f"train-covers: {error}", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        return 2
    if asked.keep and not asked.keep.exists():
        keep(found, asked.keep)
    made, figures = make_weights(found)
    card = {
        "made_on": datetime.now(UTC).date().isoformat(),
        "people": len({view.person for view in found}),
        "photos": sum(view.is_original for view in found),
        "views": len(found),
        "folders_sha256": digest(people),
        "trained_on": [style.name for style in (PLAIN, *TRAINED)],
        "thresholds": "people held out in five folds, in all styles, also those that training never sees",
        "parts": figures,
    }
    write(made, card, asked.out)
    print(json.dumps(card, indent=2))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
