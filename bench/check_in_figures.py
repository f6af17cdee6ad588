"""Summarizes the rounds of the benchmark of check-ins, as figures and as one table."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.baselines.bare_engine import BareRun
from bench.measuring import percentile, table

GOAL_OF_BARE = 0.75
GOAL_TIMES_SLOWER = 5.0
CPU = ("face_workers_cpu_ms", "web_cpu_ms", "generator_cpu_ms")


@dataclass
class Rounds:
    """The results of the rounds: lists with one entry for each round, and the times of all check-ins together."""

    check_ins: list[dict[str, float]] = field(default_factory=list)
    bare: list[BareRun] = field(default_factory=list)
    tickets_ms: list[float] = field(default_factory=list)
    check_ins_ms: list[float] = field(default_factory=list)
    half_load_ms: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    idle_ms: list[list[float]] = field(default_factory=list)
    busy_ms: list[list[float]] = field(default_factory=list)

    def note_refusals(self, told: Mapping[str, int]) -> None:
        """Add to the numbers of refusals by answer."""
        for answer, count in told.items():
            self.refused[answer] = self.refused.get(answer, 0) + count


def summary(rounds: Rounds) -> dict[str, Any]:
    """Return the median of the rounds, with the lowest and the highest round."""
    pairs = list(zip(rounds.check_ins, rounds.bare, strict=True))
    by_cpu = [bare.cpu_ms / sum(ours[name] for name in CPU) for ours, bare in pairs]
    ratios = [ours["per_second"] / bare.per_second for ours, bare in pairs]
    shares = [each["generator_share"] for each in rounds.check_ins]
    idle, busy = ([statistics.median(each) for each in part] for part in (rounds.idle_ms, rounds.busy_ms))
    return {
        "bare_engine": {
            "per_second": spread([each.per_second for each in rounds.bare]),
            "cpu_ms": spread([each.cpu_ms for each in rounds.bare]),
        },
        "check_ins": {name: spread([each[name] for each in rounds.check_ins]) for name in rounds.check_ins[0]},
        "of_bare_engine": spread(ratios),
        "of_bare_engine_without_generator": spread([ratio / (1 - s) for ratio, s in zip(ratios, shares, strict=True)]),
        "of_bare_engine_by_cpu": spread(by_cpu),
        "goal_of_bare_engine": GOAL_OF_BARE,
        "ticket_ms": percentiles(rounds.tickets_ms),
        "check_in_ms": percentiles(rounds.check_ins_ms),
        "half_load_ms": percentiles(rounds.half_load_ms),
        "refused": rounds.refused,
        "attendance_idle_ms": percentiles([each for part in rounds.idle_ms for each in part]),
        "attendance_under_load_ms": percentiles([each for part in rounds.busy_ms for each in part]),
        "times_slower": spread([after / before for after, before in zip(busy, idle, strict=True)]),
        "goal_times_slower": GOAL_TIMES_SLOWER,
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return median, lowest and highest."""
    return {
        "median": round(statistics.median(values), 3),
        "low": round(min(values), 3),
        "high": round(max(values), 3),
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """Return the number of values and their 50th, 90th and 99th percentile."""
    shares = {f"p{share}": round(percentile(values, share), 2) for share in (50, 90, 99)}
    return {"count": len(values), **shares}


def report(figures: dict[str, Any]) -> str:
    """Return the figures as one table."""

    def row(name: str, each: dict[str, float], form: str = ".1f", goal: str = "") -> list[object]:
        return [name, *(format(each[part], form) for part in ("median", "low", "high")), goal]

    def times(name: str, each: dict[str, float]) -> list[object]:
        return [name, *(f"{each[part]:.1f}" for part in ("p50", "p90", "p99")), ""]

    ours = figures["check_ins"]
    rows: list[list[object]] = [
        row("bare engine, decisions/s", figures["bare_engine"]["per_second"]),
        row("check-ins over HTTP/s", ours["per_second"]),
        row("  of the bare engine", figures["of_bare_engine"], ".1%", f"{figures['goal_of_bare_engine']:.0%}"),
        row("  had the generator cost nothing", figures["of_bare_engine_without_generator"], ".1%"),
        row("  by CPU time, generator included", figures["of_bare_engine_by_cpu"], ".1%"),
        row("CPU ms: bare decision", figures["bare_engine"]["cpu_ms"]),
        row("CPU ms: check-in, face worker", ours["face_workers_cpu_ms"]),
        row("CPU ms: check-in, web", ours["web_cpu_ms"]),
        row("CPU ms: check-in, load generator", ours["generator_cpu_ms"]),
        row("others' share of the cores", ours["others_share"], ".1%"),
        row("attendance page, times slower", figures["times_slower"], ".2f", f"< {figures['goal_times_slower']:.0f}"),
        ["in ms", "p50", "p90", "p99", ""],
        times("ticket", figures["ticket_ms"]),
        times("check-in", figures["check_in_ms"]),
        times("ticket and check-in at half the rate", figures["half_load_ms"]),
        times("attendance page, idle", figures["attendance_idle_ms"]),
        times("attendance page, under load", figures["attendance_under_load_ms"]),
    ]
    headers = [f"{figures['connections']} phones at once", "median", "low", "high", "goal"]
    told = "".join(f"\n  refused: {count} x {answer}" for answer, count in figures["refused"].items())
    return table(headers, rows) + told
