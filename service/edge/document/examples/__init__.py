"""An example of each request body, by the name of its model. Files are named in brackets."""

from typing import Any

from service.edge.document.examples.activities import ACTIVITIES
from service.edge.document.examples.credits import CREDITS
from service.edge.document.examples.people import PEOPLE

EXAMPLES: dict[str, dict[str, Any]] = {**PEOPLE, **ACTIVITIES, **CREDITS}
