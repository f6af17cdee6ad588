"""How often covered faces are called covered, and plain ones wrongly, on drawn covers over folders of people.

    scripts/bench covers DIR [DIR ...] [--packaged] [--keep FILE]

Weights are trained on people of odd number and tried on those of even number, and the other way round; covers are drawn
in the styles of training and in others that training never sees, which are marked. With `--packaged` the packaged
weights are tried instead: they know the people of the folders that their card names, so give it others. The intervals
are Wilson's over single views, but views of one person are no independent evidence: take them as too narrow.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import pin, table, write_result

CORES = len(pin(1))

from faces.calibration.intervals import share_interval  # noqa: E402
from faces.covers.classifier import Weights, load_judge  # noqa: E402
from faces.covers.drawing import STYLES, FacePart  # noqa: E402
from faces.covers.views import View, people_in  # noqa: E402
from faces.engines.train_covers import gather, keep, make_weights, read_kept, row_of  # noqa: E402

ORIGINAL = "the photos as they are"
Judge = Callable[[View, FacePart], bool]


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of one style. found: views with a face; called: of these, by part."""

    style: str
    drawn: int
    found: int
    called: Mapping[FacePart, int]


def judge_of(made: Mapping[FacePart, Weights]) -> Judge:
    """Return the judge of some weights."""
    return lambda view, part: bool(made[part].scores(row_of(view, part)) > 0)


def count(views: Sequence[View], judge_for: Callable[[View], Judge]) -> list[Line]:
    """Return a line for the photos as they are and one for each style. judge_for: the judge that may try a view."""
    lines = []
    for name in (ORIGINAL, *(style.name for style in STYLES)):
        mine = [view for view in views if _name(view) == name]
        found = [view for view in mine if view.found is not None]
        called = {part: sum(judge_for(view)(view, part) for view in found) for part in FacePart}
        if mine:
            lines.append(Line(name, len(mine), len(found), called))
    return lines


def measure_halves(views: Sequence[View]) -> list[Line]:
    """Train on each half of the people and try the other half."""
    judges = []
    for half in (0, 1):
        made, _ = make_weights([view for view in views if view.person % 2 != half])
        judges.append(judge_of(made))
    return count(views, lambda view: judges[view.person % 2])


def measure_packaged(views: Sequence[View]) -> list[Line]:
    """Try the packaged weights."""
    judge = load_judge()
    packaged = judge_of({FacePart.MOUTH: judge.mouth, FacePart.EYES: judge.eyes})
    return count(views, lambda view: packaged)


def report(lines: Sequence[Line]) -> str:
    """Return the table; a star marks styles that training never sees."""
    unseen = {style.name for style in STYLES if style.is_unseen}
    rows = [
        [
            f"{line.style}{' *' if line.style in unseen else ''}",
            line.drawn,
            _share(line.found, line.drawn),
            *(_share(line.called[part], line.found) for part in FacePart),
        ]
        for line in lines
    ]
    return table(["drawn", "views", "face found", *(f"{part.value} called" for part in FacePart)], rows)


def figures(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the lines for JSON."""
    return [
        {
            "style": line.style,
            "views": line.drawn,
            "found": line.found,
            "called": {part.value: line.called[part] for part in FacePart},
        }
        for line in lines
    ]


def main() -> None:
    """Draw, train or load the weights, print the table and write the JSON."""
    parser = argparse.ArgumentParser(prog="covers", description="How right covered faces are told.")
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR", help="photos, one folder a person")
    parser.add_argument("--packaged", action="store_true", help="try the packaged weights, on folders they don't know")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="keep the features there, or use what is there")
    asked = parser.parse_args()
    if asked.keep and asked.keep.exists():
        views = read_kept(asked.keep)
    else:
        views = gather(people_in(asked.folders), 1)
        if asked.keep:
            keep(views, asked.keep)
    lines = (measure_packaged if asked.packaged else measure_halves)(views)
    print(report(lines))
    name = "covers_packaged" if asked.packaged else "covers"
    about = {"folders": [folder.name for folder in asked.folders], "people": len({view.person for view in views})}
    write_result(name, {**about, "styles": figures(lines)}, packages=["numpy", "onnxruntime"], pinned_to=CORES)


def _name(view: View) -> str:
    return ORIGINAL if view.is_original else view.style


def _share(hits: int, of: int) -> str:
    low, high = share_interval(hits, of)
    return f"{hits / max(of, 1):.1%} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
