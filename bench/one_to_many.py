"""Exact search for one face among 600,000, compared with a bare numpy product of the same numbers.

    python -m bench.one_to_many

The templates are synthetic: independent normal numbers with the length and distances of real descriptors.
"""

from uuid import UUID

from bench.measuring import in_turns, pin, resident_mb, table, write_result

CORES = len(pin(1))  # before numpy starts its threads

import numpy as np  # noqa: E402

from faces.matching.index import DIMENSIONS, FaceIndex  # noqa: E402

TEMPLATES = 600_000
SPREAD = 0.055  # of each number: two templates then have a distance of about 0.88
PART = 50_000
PROBES = 20


def main() -> None:
    """Measure, print the table and write the result."""
    numbers = np.random.default_rng(600)
    start = resident_mb()["private"]
    bare = np.empty((TEMPLATES, DIMENSIONS), np.float32)
    for row in range(0, TEMPLATES, PART):
        bare[row : row + PART] = numbers.normal(0.0, SPREAD, (PART, DIMENSIONS))
    bare_mb = resident_mb()["private"] - start
    index = FaceIndex(b"a secret of the benchmark")
    index.add([UUID(int=7)], bare[:1])  # first, so that the library's own buffers are not counted as templates
    index.remove(UUID(int=7))
    ids = [UUID(int=1 << 127 | number) for number in range(TEMPLATES)]
    start = resident_mb()["private"]
    for row in range(0, TEMPLATES, PART):
        index.add(ids[row : row + PART], bare[row : row + PART])
    index_mb = resident_mb()["private"] - start
    probes = [bare[numbers.integers(TEMPLATES)] + np.float32(0.02) for _ in range(PROBES)]
    found = check_exact(index, bare, ids, probes)
    probe = iter(range(10**9))
    timings = in_turns(
        {
            "bare product": lambda: bare @ probes[next(probe) % PROBES],
            "exact search": lambda: index.nearest(probes[next(probe) % PROBES], 1),
            "add one, remove it": lambda: add_one(index, probes[0]),
        },
        rounds=31,
        warm=3,
    )
    headers = [f"1:N, {TEMPLATES:,} templates", "CPU ms (10% to 90%)", "wall ms", "MB"]
    memory = {"bare product": f"{bare_mb:.0f}", "exact search": f"{index_mb:.0f}"}
    print(
        table(
            headers,
            [[name, each.spread(), f"{each.wall_ms:.1f}", memory.get(name, "")] for name, each in timings.items()],
        )
    )
    write_result(
        "one_to_many",
        {
            "templates": TEMPLATES,
            "exact": f"{found} of {PROBES} probes give numpy's nearest in float64",
            "bare_product_mb": round(bare_mb),
            "exact_search_mb": round(index_mb),
            "timings": {name: each.as_dict() for name, each in timings.items()},
        },
        packages=["numpy"],
        pinned_to=CORES,
    )


def add_one(index: FaceIndex, probe: np.ndarray) -> None:
    """Add one person to the index and remove them again."""
    newcomer = UUID(int=7)
    index.add([newcomer], probe[None])
    index.remove(newcomer)


def check_exact(index: FaceIndex, bare: np.ndarray, ids: list[UUID], probes: list[np.ndarray]) -> int:
    """Count the probes for which the index names the row that a search in float64 finds."""
    nearest = np.full(len(probes), np.inf)
    rows = np.zeros(len(probes), int)
    for start in range(0, TEMPLATES, PART):
        part = bare[start : start + PART].astype(np.float64)
        for number, probe in enumerate(probes):
            apart = np.square(part - probe).sum(axis=1)
            if apart.min() < nearest[number]:
                nearest[number], rows[number] = apart.min(), start + apart.argmin()
    return sum(index.nearest(probe, 1)[0].id == ids[row] for probe, row in zip(probes, rows, strict=True))


if __name__ == "__main__":
    main()
