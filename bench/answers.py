"""An exam hall on two cores: everybody begins at once, then answers are saved, against the bare write ceiling.

    python -m bench.answers [--rounds N] [--seconds S] [--connections C] [--learners L]

First all learners begin, each with a paper of 50 questions: ten that all have, forty drawn from a bank of a thousand.
Then answers are saved, one a request, as fast as the service takes them; in turns with a bare Flask app that commits
one row a request, on the same cores, with the same gunicorn, workers and threads.
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
from bench.exam_crowd import Hall, seed  # noqa: E402
from bench.load_generator import Job  # noqa: E402
from bench.loads import Measured, RunningLoad  # noqa: E402
from service.configuration.settings import Settings  # noqa: E402
from tests.service.running.running_service import RunningService, free_port, running, until  # noqa: E402

QUESTIONS = 50
MOST_ASKS = 20_000  # of one part of a round: more than either side does in its seconds
PACKAGES = ["gunicorn", "flask", "apiflask", "sqlalchemy"]
Ask = tuple[str, str, int, str]
"""As `bench.load_generator.Job` takes them."""


@dataclass(frozen=True)
class _Sides:
    """Both services with their requests to save answers."""

    ours: RunningService
    bare: RunningService
    tokens: list[str]
    asks: deque[Ask]
    bare_asks: deque[Ask]


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
    # whatever the shell sets for a service of its own is unset
    unset = {name.upper(): "" for name in Settings.model_fields if name != "var"}
    with running("service.run", var, **{**unset, "PORT": str(port), "FACE_WORKERS": "1"}) as service:
        until(lambda: service.is_open() and service.call("GET", "/readyz")[0] == 200, "the service to be ready")
        yield service, hall


def _begin(ours: RunningService, hall: Hall, connections: int) -> Measured:
    """Return everybody begins, as fast as they get in."""
    path = f"/api/v1/projects/{hall.project}/exam/attempts"
    asks = [("POST", path, number, "") for number in range(len(hall.tokens))]
    job = Job(ours.port, hall.tokens, asks, connections, 201, keeps_bodies=True)
    done = RunningLoad("bench.load_generator", asdict(job), lambda: _cpu_seconds(ours), lambda tried: None).finish()
    if done.result["refused"]:
        raise RuntimeError(f"refused at the start: {done.result['refused']}")
    return done


def _sides(ours: RunningService, bare: RunningService, hall: Hall, begun: Measured) -> _Sides:
    """Return one request for each question of each learner: the learners in turn, as in a hall where all are at work.
    """
    attempts = {int(number): json.loads(body) for number, body in begun.result["bodies"].items()}
    asks, bare_asks = deque[Ask](), deque[Ask]()
    for place in range(QUESTIONS):
        for number, attempt in attempts.items():
            question = attempt["questions"][place]
            body = json.dumps({"options": [question["options"][0]["id"]]})
            where = f"{attempt['id']}/answers/{question['id']}"
            asks.append(("PUT", f"/api/v1/exam-attempts/{where}", number, body))
            bare_asks.append(("PUT", f"/exam-attempts/{where}", number, body))
    return _Sides(ours, bare, hall.tokens, asks, bare_asks)


def _round(sides: _Sides, wanted: argparse.Namespace) -> Round:
    """Save answers with both, one after the other, each the first of its question while there are any left."""
    ours = _save(sides.ours, sides.asks, sides.tokens, wanted)
    bare = _save(sides.bare, sides.bare_asks, sides.tokens, wanted)
    sides.asks.rotate(-ours.result["tried"])
    sides.bare_asks.rotate(-bare.result["tried"])
    return Round(ours, bare)


def _save(service: RunningService, left: deque[Ask], tokens: list[str], wanted: argparse.Namespace) -> Measured:
    asks = list(islice(cycle(left), MOST_ASKS))
    job = Job(service.port, tokens, asks, wanted.connections, 200, seconds=wanted.seconds)
    done = RunningLoad("bench.load_generator", asdict(job), lambda: _cpu_seconds(service), lambda tried: None).finish()
    if done.result["refused"] or done.result["wall_seconds"] < wanted.seconds:
        raise RuntimeError(f"the load ended early, or was refused: {done.result['refused']}")
    return done


def _cpu_seconds(service: RunningService) -> dict[str, float]:
    """CPU seconds so far of everything that answers HTTP; face workers have nothing to do here."""
    family = [service.process, *service.process.children(recursive=True)]
    return {"web": sum(sum(each.cpu_times()[:2]) for each in family)}


if __name__ == "__main__":
    main()
