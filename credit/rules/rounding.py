"""Rounds an exact number once. Everything before it is computed in fractions, which lose nothing."""

import math
from decimal import Decimal
from fractions import Fraction

CREDIT_PLACES, HOUR_PLACES = 2, 1


def half_up(exact: Fraction, places: int) -> Decimal:
    """Return a number that is not negative, rounded half up to so many decimal places: 0.055 to 2 places is 0.06."""
    return Decimal(math.floor(exact * 10**places + Fraction(1, 2))).scaleb(-places)
