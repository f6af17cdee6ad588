"""Where the phone was at a scan: inside, surely outside, or unknown, and what follows (PRIVACY L-22)."""

from attendance.errors import LocationNeeded, OutsideGeofence
from attendance.sessions.geofence import Fence, Location, Place, place_of
from models.attendance import CheckResult
from models.projects import QrMode
from models.projects import Session as VenueSession


def place_at(session: VenueSession, location: Location | None) -> Place | None:
    """Return the phone's place at the venue; None if the session has no geofence."""
    if session.latitude is None or session.longitude is None or session.radius_m is None:
        return None
    return place_of(location, Fence(session.latitude, session.longitude, session.radius_m))


def place_check(place: Place | None) -> CheckResult:
    """Return the result of the check of a place."""
    match place:
        case None:
            return CheckResult.NOT_ASKED
        case Place.INSIDE:
            return CheckResult.PASSED
        case Place.UNKNOWN:
            return CheckResult.UNVERIFIED
        case _:
            return CheckResult.FAILED


def check_place(session: VenueSession, place: Place | None, *, sent: Location | None) -> None:
    """Raise OutsideGeofence for a phone that is surely outside; LocationNeeded where a location must tell and doesn't.

    It must where the code is printed, because a picture of it works anywhere, and where the session insists. sent: what
    the phone sent, which may be too inaccurate to tell anything.
    """
    result = place_check(place)
    if result is CheckResult.FAILED:
        raise OutsideGeofence(facts={"why": "near" if place is Place.OUTSIDE_NEAR else "far"})
    is_required = session.is_location_required or session.qr_mode is QrMode.PRINTED
    if result is CheckResult.UNVERIFIED and is_required:
        raise LocationNeeded(facts={"why": "missing" if sent is None else "too_vague"})
