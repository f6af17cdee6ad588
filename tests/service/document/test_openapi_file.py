"""The committed OpenAPI document is the one that is served."""

from pathlib import Path

from service.write_openapi import as_text
from tests.api import Api

ROOT = Path(__file__).parents[3]


def test_the_committed_document_is_the_served_one(api: Api) -> None:
    served = api.get("/api/openapi.json").json
    committed = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
    assert as_text(served) == committed, "run scripts/openapi and commit docs/openapi.json"
