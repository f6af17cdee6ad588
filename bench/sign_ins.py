"""What a flood of sign-ins does to a cheap read, with the queue of passwords and without it.

    python -m bench.sign_ins [--rounds N] [--seconds S] [--connections C]

Two services run on two cores, the second without the queue. In turns, each one answers `GET /api/v1/me` alone, and then
while the connections sign in with right passwords as fast as they are answered.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from json import dumps
from pathlib import Path
from typing import Any

from bench.measuring import RESULTS, percentile, pin, table, write_result

CORES = len(pin(2))

from bench.load.load_generator import Job  # noqa: E402
from bench.load.raw_http import RawConnection, head  # noqa: E402
from bench.load.running_load import RunningLoad  # noqa: E402
from bench.seeding.exam_learners import PASSWORD, Hall, seed  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from tests.service.running.running_service import RunningService, free_port, running, until  # noqa: E402

SIDES = {"with the queue": "tests.journeys.fast_service", "without": "bench.baselines.unqueued_passwords"}
LEARNERS = 32
MOST_SIGN_INS = 400  # a second: more than two cores can hash
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class _Side:
    """A running service and its learners."""

    service: RunningService
    hall: Hall

    def read(self, seconds: float) -> list[float]:
        """Return the milliseconds of reads, one after the other with pauses."""
        took, wanted = [], head("GET", "/api/v1/me", self.hall.tokens[0])
        with RawConnection(self.service.port) as connection:
            assert connection.send(wanted).status == 200
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                began = time.perf_counter()
                assert connection.send(wanted).status == 200
                took.append((time.perf_counter() - began) * 1000)
                time.sleep(PAUSE_SECONDS)
        return took

    def flood(self, connections: int, seconds: float) -> RunningLoad:
        """Start to sign in over many connections at once; return the load."""
        bodies = [dumps({"cme_number": f"33{number:08d}", "password": PASSWORD}) for number in range(LEARNERS)]
        requests = [
            ("POST", "/api/v1/auth/login", 0, body) for body in islice(cycle(bodies), int(MOST_SIGN_INS * seconds))
        ]
        job = Job(self.service.port, [""], requests, connections, expects=200, seconds=seconds)
        return RunningLoad("bench.load.load_generator", asdict(job), self._cpu_seconds, lambda tried: None)

    def _cpu_seconds(self) -> dict[str, float]:
        return {"web": sum(sum(worker.cpu_times()[:2]) for worker in self.service.web_workers())}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    parser = argparse.ArgumentParser(prog="scripts/bench sign-ins")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each part of a round")
    parser.add_argument("--connections", type=int, default=16, help="clients that sign in at the same time")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    wanted = parser.parse_args(arguments)
    with _sides() as sides:
        figures = measure(sides, wanted.rounds, wanted.seconds, wanted.connections)
    print(report(figures))
    about = {"connections": wanted.connections, "rounds": wanted.rounds, "sides": figures}
    packages = ["argon2-cffi", "gunicorn", "flask"]
    write_result("sign_ins", about, packages=packages, pinned_to=CORES, folder=wanted.results)


@contextmanager
def _sides() -> Iterator[dict[str, _Side]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as opened:
        made = {}
        for name, module in SIDES.items():
            var, port = Path(folder) / name.replace(" ", "-"), free_port()
            var.mkdir()
            hall = seed(Settings.model_construct(var=var, port=port), learners=LEARNERS, questions=50)
            # Settings from the shell's environment must not change the service under test.
            unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
            service = opened.enter_context(running(module, var, **{**unset, "PORT": str(port), "FACE_WORKERS": "1"}))
            until(service.is_open, "the service to open")
            made[name] = _Side(service, hall)
        yield made


def measure(sides: Mapping[str, _Side], rounds: int, seconds: float, connections: int) -> dict[str, Any]:
    """Return the figures of each side, with the rounds in turns."""
    idle: dict[str, list[float]] = {name: [] for name in sides}
    flooded: dict[str, list[float]] = {name: [] for name in sides}
    sign_ins, refused = dict.fromkeys(sides, 0.0), dict.fromkeys(sides, 0)
    for _ in range(rounds):
        for name, side in sides.items():
            idle[name] += side.read(seconds / 2)
            load = side.flood(connections, seconds + 1)
            time.sleep(0.5)  # until the load runs
            flooded[name] += side.read(seconds)
            result = load.finish().result
            sign_ins[name] += len(result["times"]) / result["wall_seconds"] / rounds
            refused[name] += sum(result["refused"].values())
    return {
        name: {
            **{f"idle_p{share}": round(percentile(idle[name], share), 2) for share in (50, 99)},
            **{f"flooded_p{share}": round(percentile(flooded[name], share), 2) for share in (50, 99)},
            "times_slower": round(percentile(flooded[name], 50) / percentile(idle[name], 50), 2),
            "sign_ins_a_second": round(sign_ins[name], 1),
            "refused": refused[name],
        }
        for name in sides
    }


def report(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table."""
    headers = ["GET /me, ms", *(name.replace("_", " ") for name in next(iter(figures.values())))]
    return table(headers, [[name, *row.values()] for name, row in figures.items()])


if __name__ == "__main__":
    main()
