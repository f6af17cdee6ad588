"""The interval of a share that was counted."""

import math

Z = 1.96  # standard deviations on each side, for 95%


def share_interval(hits: float, of: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's score interval); 0 to 1 where nothing was counted."""
    if not of:
        return 0.0, 1.0
    share, whole = hits / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / whole
    reach = Z * math.sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / whole
    return max(0.0, middle - reach), min(1.0, middle + reach)
