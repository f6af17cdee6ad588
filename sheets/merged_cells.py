"""Cells that lie under a merged one: a person sees its text there, and the file has none."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from sheets.sheet_xml import Area


class CoveredCells:
    """Which cells of a table are covered by a merged cell that begins in another row or column."""

    def __init__(self, areas: Iterable[Area], places: Mapping[str, int], *, after: int) -> None:
        """Take the merged areas of a sheet. places: of the columns by title; after: the row of the titles."""
        by_place = {place: title for title, place in places.items()}
        spans: dict[str, list[tuple[int, int]]] = {}
        for area in areas:
            for place in [each for each in by_place if area.first_column <= each <= area.last_column]:
                first = area.first_row + (place == area.first_column)
                if area.last_row >= max(first, after + 1):
                    spans.setdefault(by_place[place], []).append((first, area.last_row))
        self._spans = {title: _joined(mine) for title, mine in spans.items()}

    def titles_in(self, row: int) -> list[str]:
        """Return the titles of the columns that are covered in a row."""
        return [title for title, spans in self._spans.items() if _is_within(row, spans)]


def _joined(spans: list[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined


def _is_within(row: int, spans: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(spans, row, key=lambda span: span[0]) - 1
    return place >= 0 and row <= spans[place][1]
