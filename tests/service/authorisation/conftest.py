"""What the tests of the matrices share."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response, make_response
from sqlalchemy.orm import Session

from service.edge import access


@pytest.fixture
def written_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request is undone after its answer, so that all of them meet the same world."""

    def run_and_undo(session: Session, run: Callable[[], Any], keeper: Any = None) -> Response:
        try:
            response = make_response(run())
            session.flush()
            return response
        finally:
            session.rollback()

    monkeypatch.setattr(access, "_commit_once", run_and_undo)
