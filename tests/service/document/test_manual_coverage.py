"""The committed page about the manual is the one that the marked tests make."""

from tests.manual.marks import ROOT
from tests.write_manual_coverage import as_text


def test_the_committed_page_is_what_the_tests_say() -> None:
    committed = (ROOT / "docs" / "manual-coverage.md").read_text(encoding="utf-8")
    assert as_text() == committed, "run python -m tests.write_manual_coverage docs/manual-coverage.md and commit it"
