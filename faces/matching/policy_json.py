"""Policies as values for JSON; `faces.matching.policy.read_policy` reads them again."""

from typing import Any

from faces.matching.measure import to_json
from faces.matching.policy import Guard, Policy


def write_policy(policy: Policy) -> dict[str, Any]:
    """Return plain values for JSON, from which `read_policy` makes the same policy."""
    return {
        "version": policy.version,
        "engine": policy.engine,
        "source": policy.source,
        "match": [{"accept_at": each.accept_at, "review_to": each.review_to} for each in policy.match],
        "one_person": list(policy.one_person),
        "strangers": [{"mean": each.mean, "sd": each.stdev} for each in policy.strangers],
        "wrongly_certain": policy.wrongly_certain,
        "wrongly_held": policy.wrongly_held,
        "same_photo": policy.same_photo,
        "measure": to_json(policy.measure),
        "guard": _write_guard(policy.guard),
    }


def _write_guard(guard: Guard | None) -> dict[str, Any] | None:
    if guard is None:
        return None
    return {
        "metric": guard.measure.metric.value,
        "match": [{"accept_at": each.accept_at, "review_to": each.review_to} for each in guard.match],
        "one_person": guard.one_person,
        "certain_at": guard.duplicates.certain_at,
        "held_to": guard.duplicates.held_to,
    }
