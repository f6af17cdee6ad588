"""Made-up galleries: descriptors of people of one population, by one network or two."""

import numpy as np

from faces.calibration.pairs import Person

FIRST, SECOND = "first", "second"
SIZES = {FIRST: 32, SECOND: 64}


def person(seed: int, photos: int = 3, *, noise: float = 0.5, networks: tuple[str, ...] = (FIRST, SECOND)) -> Person:
    """Photos of one made-up person; all people lie round one middle, far from the origin, as real ones do."""
    drawn = np.random.default_rng(seed)
    usual = {name: 3 * middle(name) + drawn.normal(size=SIZES[name]) for name in networks}
    return [
        {name: (usual[name] + noise * drawn.normal(size=SIZES[name])).astype(np.float32) for name in networks}
        for _ in range(photos)
    ]


def gallery(count: int, photos: int = 3, *, seed: int = 0, **more: object) -> list[Person]:
    """So many different people."""
    return [person(1000 * seed + number, photos, **more) for number in range(count)]  # type: ignore[arg-type]


def middle(name: str) -> np.ndarray:
    """Where a network's descriptors of this population lie."""
    return np.random.default_rng(len(name)).normal(size=SIZES[name])
