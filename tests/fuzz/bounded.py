"""How hypothesis runs in the fuzzers: the same examples each time, so many and no more, and no clock."""

from hypothesis import HealthCheck, Phase, settings


class Share:
    """Of how many examples one is run."""

    one_in = 1


def bounded(examples: int) -> settings:
    """Settings for so many examples, or the share of them that this run has."""
    return settings(
        max_examples=max(1, examples // Share.one_in),
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
