"""Inside or outside, and nothing finer than that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.sessions.geofence import Fence, Location, Place, distance_m, place_of

VENUE = Fence(30.25, 120.17, 300)
DEGREE_M = 111_195  # of a great circle


def north(metres: float, accuracy: float | None = None) -> Location:
    return Location(30.25 + metres / DEGREE_M, 120.17, accuracy)


@pytest.mark.parametrize(
    ("location", "place"),
    [
        (north(0), Place.INSIDE),
        (north(299), Place.INSIDE),
        (north(302), Place.OUTSIDE_NEAR),
        (north(340, accuracy=50), Place.INSIDE),
        (north(360, accuracy=50), Place.OUTSIDE_NEAR),
        (north(399, accuracy=5000), Place.INSIDE),
        (north(405, accuracy=5000), Place.UNKNOWN),
        (north(405, accuracy=104), Place.OUTSIDE_NEAR),
        (north(5299, accuracy=5000), Place.UNKNOWN),
        (north(5305, accuracy=5000), Place.OUTSIDE_NEAR),
        (north(6305, accuracy=5000), Place.OUTSIDE_FAR),
        (north(1295), Place.OUTSIDE_NEAR),
        (north(1310), Place.OUTSIDE_FAR),
        (Location(-30.25, -59.83), Place.OUTSIDE_FAR),
        (None, Place.UNKNOWN),
    ],
)
def test_a_phone_is_outside_only_if_it_surely_is(location: Location | None, place: Place) -> None:
    assert place_of(location, VENUE) is place


def test_distances_are_those_of_the_globe() -> None:
    hangzhou, beijing = Fence(30.2741, 120.1551, 1), Fence(39.9042, 116.4074, 1)
    assert distance_m(hangzhou, beijing) == pytest.approx(1_123_000, rel=0.01)
    assert distance_m(Fence(0, 179.9999, 1), Fence(0, -179.9999, 1)) == pytest.approx(22.2, abs=0.1)
    assert distance_m(Fence(90, 0, 1), Fence(90, 137, 1)) == pytest.approx(0, abs=1e-6)


@given(st.floats(-90, 90), st.floats(-180, 180), st.none() | st.floats(0, 1e6))
def test_any_place_on_earth_has_an_answer(latitude: float, longitude: float, accuracy: float | None) -> None:
    assert place_of(Location(latitude, longitude, accuracy), VENUE) in Place
