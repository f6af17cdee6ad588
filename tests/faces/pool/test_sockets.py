"""The socket of the pool: where nothing listens, what a dead pool left, and paths that are long."""

from pathlib import Path

import pytest

from faces.engine import Purpose
from faces.errors import EngineDown
from faces.pool.workers import PoolEngine, open_pool


def test_where_nothing_listens_the_engine_is_down(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path / "no folder" / "nothing"):
        assert not PoolEngine(path).ready()
        with pytest.raises(EngineDown):
            PoolEngine(path).look(b"{}", Purpose.ENROL)


def test_a_dead_pools_socket_is_replaced_and_a_living_ones_is_not(tmp_path: Path) -> None:
    path = tmp_path / "faces.sock"
    open_pool(path, 2).close()
    with open_pool(path, 2), pytest.raises(OSError, match="in use"):
        open_pool(path, 2)


def test_a_path_longer_than_the_kernel_takes_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with open_pool(folder / "faces.sock", 2):
        assert PoolEngine(folder / "faces.sock").ready()
