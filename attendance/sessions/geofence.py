"""Whether a phone is at the venue. Only inside or outside and a coarse distance are kept (PRIVACY L-22)."""

import enum
import math
from dataclasses import dataclass

_EARTH_M = 6_371_008.8  # mean radius, IUGG
_MOST_TOLERANCE_M = 100.0  # the usual error of phones indoors; with more, a phone anywhere in town would pass
_NEAR_M = 1000.0


class Place(enum.StrEnum):
    """The position of a phone relative to a session's geofence."""

    INSIDE = "inside"
    OUTSIDE_NEAR = "outside_within_1km"
    OUTSIDE_FAR = "outside_beyond_1km"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Location:
    """The location that a phone sent. latitude, longitude: degrees (WGS 84); accuracy: metres, None if not sent."""

    latitude: float
    longitude: float
    accuracy: float | None = None


@dataclass(frozen=True)
class Fence:
    """A circle around the venue. latitude, longitude: degrees (WGS 84); radius_m: metres.

    is_required: whether a phone that sends no usable location is refused.
    """

    latitude: float
    longitude: float
    radius_m: float
    is_required: bool = False


def place_of(location: Location | None, fence: Fence) -> Place:
    """Return where the phone is: outside only if it surely is, by the accuracy that it states.

    The radius grows by the stated accuracy, by 100 m at most. Where a larger error leaves it open, the place
    is unknown.
    """
    if location is None:
        return Place.UNKNOWN
    accuracy = max(location.accuracy or 0.0, 0.0)
    beyond = distance_m(location, fence) - fence.radius_m
    if beyond <= min(accuracy, _MOST_TOLERANCE_M):
        return Place.INSIDE
    if beyond <= accuracy:
        return Place.UNKNOWN
    return Place.OUTSIDE_NEAR if beyond - accuracy <= _NEAR_M else Place.OUTSIDE_FAR


def distance_m(one: Location | Fence, other: Location | Fence) -> float:
    """Return the metres along the great circle (haversine)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    a = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, a)))
