"""How hypothesis runs in this suite: the same examples each time, so many and no more, and no clock."""

from hypothesis import HealthCheck, Phase, settings


def bounded(examples: int) -> settings:
    """Settings for so many examples."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
