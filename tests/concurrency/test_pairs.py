"""Each pair of long processes that share something, at the same moment: nobody is lost, nobody is granted to twice."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask

from attendance.settlement.processes import PROCESSES, RULES
from foundation.imports import steps
from foundation.processes import Outcome, Process, ProcessTable, Shared, rule
from tests.attendance.courses import exam
from tests.attendance.settlement.settling import Closing, close
from tests.concurrency.actors import ACTORS, begin
from tests.concurrency.at_once import at_once
from tests.concurrency.meeting import Meeting
from tests.kept_worlds import KeptWorlds

TABLE = ProcessTable(PROCESSES, RULES)

pytestmark = pytest.mark.slow


@pytest.fixture
def meeting(kept: KeptWorlds, app: APIFlask, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Meeting:
    """A project that has ended, with an exam; imports go row by row, so that others come in between."""
    monkeypatch.setattr(steps, "PORTION", 1)
    return Meeting(kept.open("closing with an exam", lambda: close_with_exam(kept)), app, run_jobs)


def close_with_exam(world: KeptWorlds) -> Closing:
    closing = close(world.api, world.make, world.clock, world.db, needs_exam=True)
    reply = closing.staff.put(f"/projects/{closing.project.id}/exam", exam(1, attempts=1))
    assert reply.status_code == 200, reply.json
    return closing


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have each pair meet as often as `--rounds` says."""
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(metafunc.config.getoption("--rounds")))


@pytest.mark.parametrize(("one", "other"), TABLE.pairs())
def test_a_pair_at_once_loses_nothing_and_grants_once(
    meeting: Meeting, one: str, other: str, round_number: int
) -> None:
    ruled = TABLE.rule_of(one, other)
    answers = at_once(begin(meeting, one, other))
    for status, code in answers:
        assert status < 300 or code in ruled.codes, (one, other, answers)
    meeting.finish()
    meeting.check()


def test_each_process_has_an_actor_here() -> None:
    assert set(ACTORS) == set(TABLE.processes)


def test_a_pair_without_a_rule_and_one_with_two_are_told() -> None:
    shares = frozenset({Shared.PROJECT})
    both = [Process("a", shares), Process("b", shares)]
    alone = rule({"a"}, {"a"}, Outcome.SAFE, "-"), rule({"b"}, {"b"}, Outcome.SAFE, "-")
    pair = rule({"a"}, {"b"}, Outcome.SAFE, "-")
    with pytest.raises(ValueError, match="no rule says what comes of: a \\+ b"):
        ProcessTable(both, alone)
    with pytest.raises(ValueError, match="two rules"):
        ProcessTable(both, [*alone, pair, pair])
    with pytest.raises(ValueError, match="unknown processes: c"):
        ProcessTable(both, [*alone, pair, rule({"a"}, {"c"}, Outcome.SAFE, "-")])
    assert ProcessTable(both, [*alone, pair]).rule_of("b", "a") is pair
