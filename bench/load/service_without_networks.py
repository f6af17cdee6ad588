"""The real service with an engine that takes no time: `python -m bench.load.service_without_networks`.

Its face workers read the made-up photos of `tests.fakes.picture`, so that a benchmark sees everything but the networks.
"""

import sys

from service.run import Program, main
from tests.fakes import FakeEngine

if __name__ == "__main__":
    sys.exit(main(Program(load_engine=lambda settings: FakeEngine())))
