"""The real engine, which looks at the same photo once: `python -m tests.journeys.remembering_service`.

For a journey on which everybody shows the same few photos many times.
"""

import sys

from faces.engine import FaceEngine, Look, Purpose
from service.configuration.settings import Settings
from service.run import Program, load_engine, main


class RememberingEngine:
    """An engine that remembers its looks; a photo that it refuses is looked at anew."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._looks: dict[tuple[bytes, Purpose, str | None], Look] = {}
        self.name, self.networks = engine.name, engine.networks

    def ready(self) -> bool:
        return self._engine.ready()

    def look(self, photo: bytes, purpose: Purpose, model: str | None = None) -> Look:
        key = (photo, purpose, model)
        if key not in self._looks:
            self._looks[key] = self._engine.look(photo, purpose, model)
        return self._looks[key]


def load(settings: Settings) -> FaceEngine:
    """Load the engine of the settings."""
    return RememberingEngine(load_engine(settings))


if __name__ == "__main__":
    sys.exit(main(Program(load_engine=load)))
