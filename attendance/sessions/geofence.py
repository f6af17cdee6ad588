"""Is the phone at the venue. A coordinate goes in; inside or outside and a coarse distance come out (PRIVACY L-22)."""

import enum
import math
from dataclasses import dataclass

_EARTH_M = 6_371_008.8  # mean radius, IUGG
_MOST_TOLERANCE_M = 100.0  # indoors phones are that far off; beyond it "somewhere in town" would do
_NEAR_M = 1000.0


class Place(enum.StrEnum):
    """Where a phone said it was, seen from a session's geofence."""

    INSIDE = "inside"
    OUTSIDE_NEAR = "outside_within_1km"
    OUTSIDE_FAR = "outside_beyond_1km"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Location:
    """What a phone says. latitude, longitude: degrees (WGS 84); accuracy: metres, None where it doesn't tell."""

    latitude: float
    longitude: float
    accuracy: float | None = None


@dataclass(frozen=True)
class Fence:
    """A circle round the venue. latitude, longitude: degrees (WGS 84); radius_m: metres."""

    latitude: float
    longitude: float
    radius_m: float


def place_of(location: Location | None, fence: Fence) -> Place:
    """Say where the phone is. Its stated inaccuracy counts in its favour, up to 100 m; no location is no place."""
    if location is None:
        return Place.UNKNOWN
    tolerance = min(max(location.accuracy or 0.0, 0.0), _MOST_TOLERANCE_M)
    beyond = distance_m(location, fence) - tolerance - fence.radius_m
    if beyond <= 0:
        return Place.INSIDE
    return Place.OUTSIDE_NEAR if beyond <= _NEAR_M else Place.OUTSIDE_FAR


def distance_m(one: Location | Fence, other: Location | Fence) -> float:
    """Metres along the great circle (haversine)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    a = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * _EARTH_M * math.asin(math.sqrt(min(1.0, a)))
