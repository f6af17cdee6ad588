"""The whole service with a fake face engine in its face workers: `python -m tests.journeys.fast_service`."""

import sys

from service.run import Program, main
from tests.fakes import FakeEngine

if __name__ == "__main__":
    sys.exit(main(Program(load_engine=lambda settings: FakeEngine())))
