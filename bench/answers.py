"""An exam hall on two cores: all learners begin at once, then they save answers; compared with a bare write.

    python -m bench.answers [--rounds N] [--seconds S] [--connections C] [--learners L]

First all learners begin, each with a paper of 50 questions: ten are the same for all, forty are drawn from a bank of a
thousand. Then they save answers, one in each request, as fast as the service answers. In turns, a bare Flask app
commits one row in each request, on the same cores, with the same gunicorn, workers and threads.
"""

import argparse
import json
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

from bench.measuring import RESULTS, pin, write_result

CORES = len(pin(2))

from bench.answer_figures import Round, begun_figures, report, saved_figures  # noqa: E402
from bench.baselines import bare_write  # noqa: E402
from bench.load.load_generator import Job  # noqa: E402
from bench.load.running_load import LoadResult, RunningLoad, cpu_seconds_of, load_for  # noqa: E402
from bench.seeding.exam_learners import Hall, seed  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from tests.service.running.running_service import RunningService, free_port, running, until  # noqa: E402

QUESTIONS = 50
MOST_REQUESTS = 20_000  # of one half of a round: more than either side can answer in its seconds
PACKAGES = ["gunicorn", "flask", "apiflask", "sqlalchemy"]
Request = tuple[str, str, int, str]
"""Method, path, index of the token, and body: see `bench.load.load_generator.Job`."""


@dataclass(frozen=True)
class _Sides:
    """The service and the bare app, with their requests to save answers."""

    ours: RunningService
    bare: RunningService
    tokens: list[str]
    requests: deque[Request]
    bare_requests: deque[Request]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the result."""
    wanted = _options().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, _hall(Path(folder), wanted.learners) as (ours, hall):
        begun = _begin(ours, hall, wanted.connections)
        sizes = Settings.model_construct()
        port = free_port()
        with bare_write.served(Path(folder), port, workers=sizes.web_workers, threads=sizes.web_threads) as bare:
            sides = _sides(ours, bare, hall, begun)
            rounds = [_round(sides, wanted) for _ in range(wanted.rounds)]
    about = {"learners": wanted.learners, "questions": QUESTIONS, "connections": wanted.connections}
    figures = {**about, "rounds": wanted.rounds, "begun": begun_figures(begun), **saved_figures(rounds, wanted.seconds)}
    print(report(figures))
    write_result("answers", figures, packages=PACKAGES, pinned_to=CORES, folder=wanted.results)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench answers")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8.0, help="of each part of a round")
    parser.add_argument("--connections", type=int, default=32, help="phones that save at the same time")
    parser.add_argument("--learners", type=int, default=2000)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON")
    return parser


@contextmanager
def _hall(folder: Path, learners: int) -> Iterator[tuple[RunningService, Hall]]:
    var, port = folder / "var", free_port()
    var.mkdir()
    hall = seed(Settings.model_construct(var=var, port=port), learners=learners, questions=QUESTIONS)
    # Settings from the shell's environment must not change the service under test.
    unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
    with running("service.run", var, **{**unset, "PORT": str(port), "FACE_WORKERS": "1"}) as service:
        until(lambda: service.is_open() and service.call("GET", "/readyz")[0] == 200, "the service to be ready")
        yield service, hall


def _begin(ours: RunningService, hall: Hall, connections: int) -> LoadResult:
    """Begin an attempt for each learner, as fast as the service answers; return the measured load."""
    path = f"/api/v1/projects/{hall.project}/exam/attempts"
    requests = [("POST", path, number, "") for number in range(len(hall.tokens))]
    job = Job(ours.port, hall.tokens, requests, connections, 201, keeps_bodies=True)
    done = RunningLoad(
        "bench.load.load_generator", asdict(job), lambda: cpu_seconds_of(ours), lambda tried: None
    ).finish()
    if done.result["refused"]:
        raise RuntimeError(f"refused at the start: {done.result['refused']}")
    return done


def _sides(ours: RunningService, bare: RunningService, hall: Hall, begun: LoadResult) -> _Sides:
    """Return one request for each question of each learner. The learners take turns, as in a full hall."""
    attempts = {int(number): json.loads(body) for number, body in begun.result["bodies"].items()}
    requests, bare_requests = deque[Request](), deque[Request]()
    for place in range(QUESTIONS):
        for number, attempt in attempts.items():
            question = attempt["questions"][place]
            body = json.dumps({"options": [question["options"][0]["id"]]})
            where = f"{attempt['id']}/answers/{question['id']}"
            requests.append(("PUT", f"/api/v1/exam-attempts/{where}", number, body))
            bare_requests.append(("PUT", f"/exam-attempts/{where}", number, body))
    return _Sides(ours, bare, hall.tokens, requests, bare_requests)


def _round(sides: _Sides, wanted: argparse.Namespace) -> Round:
    """Save answers with the service, then with the bare app; return both loads."""
    ours = _save(sides.ours, sides.requests, sides.tokens, wanted)
    bare = _save(sides.bare, sides.bare_requests, sides.tokens, wanted)
    sides.requests.rotate(-ours.result["tried"])
    sides.bare_requests.rotate(-bare.result["tried"])
    return Round(ours, bare)


def _save(service: RunningService, left: deque[Request], tokens: list[str], wanted: argparse.Namespace) -> LoadResult:
    requests = list(islice(cycle(left), MOST_REQUESTS))
    job = Job(service.port, tokens, requests, wanted.connections, 200, seconds=wanted.seconds)
    return load_for(service, job, wanted.seconds)


if __name__ == "__main__":
    main()
