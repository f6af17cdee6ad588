"""Summarizes the rounds of the benchmark of exams, as figures and as one table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.check_in_figures import percentiles, spread
from bench.load.running_load import LoadResult
from bench.measuring import table

RAMP_SECONDS = 1.0


@dataclass(frozen=True)
class Round:
    """One round: answers saved with the service, then with the bare app."""

    ours: LoadResult
    bare: LoadResult


def begun_figures(begun: LoadResult) -> dict[str, Any]:
    """Return the rate and the times of beginning an attempt."""
    times, seconds = begun.result["times"], begun.result["wall_seconds"]
    return {
        "per_second": round(len(times) / seconds, 1),
        "seconds_for_all": round(seconds, 1),
        "milliseconds": percentiles([took for _, took in times]),
        "cpu_ms": round(1000 * begun.service_cpu["web"] / len(times), 2),
    }


def saved_figures(rounds: Sequence[Round], seconds: float) -> dict[str, Any]:
    """Return the median of the rounds, with the lowest and the highest round."""
    ours = [_one(each.ours, seconds) for each in rounds]
    bare = [_one(each.bare, seconds) for each in rounds]
    pairs = list(zip(ours, bare, strict=True))
    return {
        "saved": {name: spread([each[name] for each in ours]) for name in ours[0]},
        "bare_write": {name: spread([each[name] for each in bare]) for name in bare[0]},
        "of_bare_write": spread([mine["per_second"] / theirs["per_second"] for mine, theirs in pairs]),
        "of_bare_write_by_cpu": spread([theirs["cpu_ms"] / mine["cpu_ms"] for mine, theirs in pairs]),
        "save_ms": percentiles([took for each in rounds for _, took in each.ours.result["times"]]),
        "bare_ms": percentiles([took for each in rounds for _, took in each.bare.result["times"]]),
    }


def _one(measured: LoadResult, seconds: float) -> dict[str, float]:
    """Return the figures of one load: requests from the end of the ramp to the end of the time; CPU of all of it."""
    times = measured.result["times"]
    steady = [end for end, _ in times if RAMP_SECONDS < end <= seconds]
    return {
        "per_second": len(steady) / (seconds - RAMP_SECONDS),
        "cpu_ms": 1000 * measured.service_cpu["web"] / len(times),
        "generator_cpu_ms": 1000 * measured.result["cpu_seconds"] / len(times),
        "others_share": measured.others_cpu / (2 * measured.result["wall_seconds"]),
    }


def report(figures: dict[str, Any]) -> str:
    """Return the figures as one table."""

    def row(name: str, each: dict[str, float], form: str = ".1f") -> list[object]:
        return [name, *(format(each[part], form) for part in ("median", "low", "high"))]

    def times(name: str, each: dict[str, float]) -> list[object]:
        return [name, *(f"{each[part]:.1f}" for part in ("p50", "p90", "p99"))]

    saved, bare, begun = figures["saved"], figures["bare_write"], figures["begun"]
    rows: list[list[object]] = [
        row("answers saved/s", saved["per_second"]),
        row("bare Flask, one committed row/s", bare["per_second"]),
        row("  share of it", figures["of_bare_write"], ".1%"),
        row("  by CPU time of the web", figures["of_bare_write_by_cpu"], ".1%"),
        row("CPU ms: a saved answer", saved["cpu_ms"], ".2f"),
        row("CPU ms: a bare write", bare["cpu_ms"], ".2f"),
        row("CPU ms: load generator", saved["generator_cpu_ms"], ".2f"),
        row("others' share of the cores", saved["others_share"], ".1%"),
        ["in ms", "p50", "p90", "p99"],
        times("save an answer", figures["save_ms"]),
        times("bare write", figures["bare_ms"]),
        times("begin an attempt", begun["milliseconds"]),
    ]
    headers = [f"{figures['connections']} phones at once", "median", "low", "high"]
    last = f"{figures['learners']} learners began in {begun['seconds_for_all']} s, {begun['cpu_ms']} ms of CPU each"
    return f"{table(headers, rows)}\n{last}"
