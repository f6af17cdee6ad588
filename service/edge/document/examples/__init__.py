"""An example of each request body, by the name of its model."""

from typing import Any

EXAMPLES: dict[str, dict[str, Any]] = {}
