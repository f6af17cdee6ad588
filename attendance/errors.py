"""Why a scan, a ticket or a check-in is refused."""

from faces.matching.policy import Decision
from foundation.errors import Refusal


class QrInvalid(Refusal):
    """The scanned text is no venue code of ours, or was never one."""

    code = "qr_invalid"


class QrExpired(Refusal):
    """The venue code was right, but is too old."""

    code = "qr_expired"


class NotOnRoster(Refusal):
    """The person isn't expected at this project."""

    code = "not_on_roster"


class OutsideGeofence(Refusal):
    """The phone isn't at the venue, or didn't say where it is."""

    code = "outside_geofence"


class SessionNotOpen(Refusal):
    """It is too early or too late to check in or out."""

    code = "session_not_open"


class TicketInvalid(Refusal):
    """The ticket is forged, or no ticket at all."""

    code = "ticket_invalid"


class TicketExpired(Refusal):
    """The ticket's two minutes are over, or its tries are used up."""

    code = "ticket_expired"


class TicketNotYours(Refusal):
    """The ticket was given to another person or another device."""

    code = "ticket_not_yours"


class FaceMismatch(Refusal):
    """The face on the photo isn't the enrolled one. decision: the comparison that says so."""

    code = "face_mismatch"

    def __init__(self, decision: Decision) -> None:
        super().__init__()
        self.decision = decision


class NotWaitingForReview(Refusal):
    """The check-in isn't, or is no longer, waiting for a decision."""

    code = "not_waiting_for_review"


class PeriodInvalid(Refusal):
    """The end comes before the start, or the windows don't fit the session."""

    code = "period_invalid"


class GeofenceRequired(Refusal):
    """A printed code never changes, so it needs a geofence."""

    code = "geofence_required"


class UnitNeeded(Refusal):
    """The organizer works for several units, and didn't say which one the project is for."""

    code = "unit_needed"


class ZoneUnknown(Refusal):
    """The time zone is no name of the IANA database."""

    code = "zone_unknown"


class PersonNotOnRoster(Refusal):
    """The number given by staff is nobody's on the roster."""

    code = "person_not_on_roster"


class TransitionNotAllowed(Refusal):
    """A project doesn't go from where it is to where it was told to."""

    code = "transition_not_allowed"


class ProjectNotAnnounced(Refusal):
    """Nobody comes to a project before it is announced, or while it is in change."""

    code = "project_not_announced"


class ReasonNeeded(Refusal):
    """This step needs a reason."""

    code = "reason_needed"


class ProjectIncomplete(Refusal):
    """A project without credits and hours can't be filed."""

    code = "project_incomplete"


class ProjectClosed(Refusal):
    """The project is over, cancelled, or under review: nothing of this kind is changed any more."""

    code = "project_closed"


class ProjectNotEditable(Refusal):
    """What was approved stays as it was, unless the project is put into change first."""

    code = "project_not_editable"


class ProjectNumberTaken(Refusal):
    """There is a project with this number and this edition."""

    code = "project_number_taken"


class ReviewingUnitInvalid(Refusal):
    """A project is reviewed by a unit above its own."""

    code = "reviewing_unit_invalid"


class TooManyHours(Refusal):
    """Nobody teaches longer than the project lasts."""

    code = "too_many_hours"


class NoPlace(Refusal):
    """The session has not room for all, and the learner holds no place there."""

    code = "no_place"


class PlaceNotNeeded(Refusal):
    """The session has room for the whole roster: nobody asks for a place."""

    code = "place_not_needed"


class ChoiceOver(Refusal):
    """The session has begun or was closed: places are no longer asked for, nor given back."""

    code = "choice_over"


class HasAttended(Refusal):
    """Somebody who has checked in isn't taken off the roster: correct their attendance instead."""

    code = "has_attended"


class DidNotAttend(Refusal):
    """The learner has no check-in that counts at this project."""

    code = "did_not_attend"


class AnswersInvalid(Refusal):
    """An answer doesn't fit its question, or a question lacks one."""

    code = "answers_invalid"


class QuestionInvalid(Refusal):
    """A question can't be answered as it is: too few options, no right one, or what its kind doesn't have."""

    code = "question_invalid"
