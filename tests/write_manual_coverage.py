"""Writes what serves the manual to a file: `python -m tests.write_manual_coverage docs/manual-coverage.md`."""

import json
import sys
from pathlib import Path

from tests.manual.marks import ROOT, marked_tests
from tests.manual.page import page


def as_text() -> str:
    """Return the page as the tests and the committed OpenAPI document have it now."""
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    return page(marked_tests(), document)


def main() -> None:
    """Write the page to the file that the command line names."""
    Path(sys.argv[1]).write_text(as_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
