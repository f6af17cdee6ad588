"""The benchmark of the web client's pages: its table, and that it loads each page in a browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.web import CASES, report
from tests.bench.running import run
from tests.browser.chromium import find_chromium

GZIP = {"core.js": 50_000, "index.js": 6_000}


def figures(painted: int, **more: int) -> dict[str, Any]:
    """Made-up figures of a page with home's scripts and some more."""
    spread = {"median": painted, "low": painted - 9, "high": painted + 9}
    return {
        "requests": 6,
        "script_bytes": 48_000,
        "scripts_as_gzip": GZIP | {f"{name}.js": size for name, size in more.items()},
        "ms": {"first paint": spread, "shown": {"median": 2 * painted, "low": painted, "high": 3 * painted}},
    }


def test_the_table_compares_the_first_paint_and_counts_what_a_camera_needs_beyond_home() -> None:
    pages = {name: figures(900, camera=8_000, page=4_000) for name in CASES}
    lines = report({"bare page": figures(500), **pages, "home, signed in": figures(950)}).splitlines()
    assert len({len(line) for line in lines[1:3]}) == 1
    assert any(line.startswith("home, signed in") and "56.0" in line and "950 (941 to 959)" in line for line in lines)
    assert "1.90 times the bare page's (goal: under 2)" in lines[-3]
    assert lines[-2:] == [
        f"{name}: 12.0 kB of script beyond home's (goal: under 40)"
        for name in ("scan: camera ready", "QR link to camera")
    ]


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.skipif(not find_chromium(), reason="no Chromium: scripts/test --install-browser")
def test_the_benchmark_of_the_web_client_loads_each_page(tmp_path: Path) -> None:
    run(tmp_path, "web", "--rounds", "1", "--people", "20", "--questions", "5")
    pages = json.loads((tmp_path / "web.json").read_text())["pages"]
    assert list(pages) == ["bare page", *CASES]
    for name in CASES:
        assert 0 < pages[name]["script_bytes"] < 150_000
        assert max(each["median"] for each in pages[name]["ms"].values()) > 0
