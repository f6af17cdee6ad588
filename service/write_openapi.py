"""Writes the OpenAPI document to a file: `python -m service.write_openapi FILE`."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.app import create_app
from service.configuration.settings import Settings


def as_text(document: dict[str, Any] | str) -> str:
    """Return the document as the text of `docs/openapi.json`, equal for equal documents."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the document of a service with the settings' defaults to the file that the command line names."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(var=Path(folder)))
        with app.app_context():
            Path(sys.argv[1]).write_text(as_text(app.spec), encoding="utf-8")


if __name__ == "__main__":
    main()
