"""Why a scan, a ticket or a check-in is refused."""

from faces.matching.policy import Decision
from foundation.errors import Refusal


class QrInvalid(Refusal):
    """The scanned text is not a venue code of this service, or its code is wrong."""

    code = "qr_invalid"


class QrExpired(Refusal):
    """The venue code was shown, but it has expired."""

    code = "qr_expired"


class QrNotYet(Refusal):
    """The venue code is the one that the screens show next: the clocks of two machines are apart by a little."""

    code = "qr_not_yet"


class NotOnRoster(Refusal):
    """The person isn't on the roster of this project."""

    code = "not_on_roster"


class LocationNeeded(Refusal):
    """The session asks where the phone is, and it sent no location, or one that tells nothing. facts: `why`."""

    code = "location_needed"


class OutsideGeofence(Refusal):
    """The phone surely isn't at the venue. facts: `why`, near or far."""

    code = "outside_geofence"


class SessionNotOpen(Refusal):
    """It is too early or too late to check in or out."""

    code = "session_not_open"


class SessionCancelled(Refusal):
    """The session is cancelled (停办): nobody checks in there. facts: `reason`, `cancelled_at`."""

    code = "session_cancelled"


class SessionTooLong(Refusal):
    """A session this long can't count as it is. facts: its `hours`, and `needs`: `check_out` or `counts_false`."""

    code = "session_too_long"


class SessionHasCheckIns(Refusal):
    """The session moves to another day: what becomes of its check-ins must be said. facts: how many there are."""

    code = "session_has_check_ins"


class FaceInQuestion(Refusal):
    """Staff rejected the check-in, and the owner has not said yet that the enrolled face is theirs."""

    code = "face_in_question"


class TicketInvalid(Refusal):
    """The text is not a ticket that this service signed."""

    code = "ticket_invalid"


class TicketExpired(Refusal):
    """The two minutes of the ticket are over, or all its tries are used."""

    code = "ticket_expired"


class TicketNotYours(Refusal):
    """The ticket was issued to another person or to another device."""

    code = "ticket_not_yours"


class FaceMismatch(Refusal):
    """The face on the photo isn't the enrolled one. decision: the comparison that says so."""

    code = "face_mismatch"

    def __init__(self, decision: Decision) -> None:
        super().__init__()
        self.decision = decision


class NotWaitingForReview(Refusal):
    """The check-in doesn't wait for a decision, or it was decided before."""

    code = "not_waiting_for_review"


class PeriodInvalid(Refusal):
    """The end comes before the start, or the windows don't fit the session."""

    code = "period_invalid"


class GeofenceRequired(Refusal):
    """A session with a printed code needs a geofence, because a printed code never changes."""

    code = "geofence_required"


class UnitNeeded(Refusal):
    """The organizer works for several units and named none of them."""

    code = "unit_needed"


class ZoneUnknown(Refusal):
    """The time zone is not a name in the IANA database."""

    code = "zone_unknown"


class PersonNotOnRoster(Refusal):
    """Nobody on the roster has the number that staff gave."""

    code = "person_not_on_roster"


class OwnAttendance(Refusal):
    """Staff can't put themselves on a roster, decide on their own attendance, or sit an exam whose answers they see."""

    code = "own_attendance"


class TransitionNotAllowed(Refusal):
    """The state machine of projects has no step from the present status to the wanted one."""

    code = "transition_not_allowed"


class ProjectNotAnnounced(Refusal):
    """The project isn't announced yet, or it is being changed: nobody can check in."""

    code = "project_not_announced"


class LastDayInvalid(Refusal):
    """The last day can only be brought forward, and not before a session. facts: `earliest` and `latest`."""

    code = "last_day_invalid"


class ReasonNeeded(Refusal):
    """This step needs a reason."""

    code = "reason_needed"


class ProjectIncomplete(Refusal):
    """The project has no credits or no hours, so it can't be filed or settled."""

    code = "project_incomplete"


class ProjectClosed(Refusal):
    """The project has ended, is cancelled or is under review: this change is no longer possible."""

    code = "project_closed"


class SessionsToCome(Refusal):
    """Sessions that count have not begun, so the project can't be ended. facts: `sessions`, the first of them."""

    code = "sessions_to_come"


class ProjectNotOver(Refusal):
    """The last day of the project has not come, so it can't be confirmed. facts: `ends_on`."""

    code = "project_not_over"


class ProjectNotEditable(Refusal):
    """The project is approved: it can be edited only after a change (变更) was begun."""

    code = "project_not_editable"


class ProjectNumberTaken(Refusal):
    """Another project has this number and this edition."""

    code = "project_number_taken"


class ReviewingUnitInvalid(Refusal):
    """The reviewing unit is not an authority above the unit of the project."""

    code = "reviewing_unit_invalid"


class StillOpen(Refusal):
    """People can still evaluate or sit the exam. The facts count them; the organizer says whether to wait."""

    code = "still_open"


class CheckInsToReview(Refusal):
    """Check-ins wait for a decision of the staff. Confirmed now, they would count for nothing."""

    code = "check_ins_to_review"


class TooManyHours(Refusal):
    """The speaker has more hours than the whole project."""

    code = "too_many_hours"


class NoPlace(Refusal):
    """The session has a limited number of places, and the learner holds none of them."""

    code = "no_place"


class PlaceNotNeeded(Refusal):
    """The session has no limit of places, so nobody needs to ask for one."""

    code = "place_not_needed"


class ChoiceOver(Refusal):
    """The session has begun or was closed: learners can no longer choose or give back places."""

    code = "choice_over"


class HasAttended(Refusal):
    """The person took part and can't be removed from the roster: correct their attendance instead."""

    code = "has_attended"


class DidNotAttend(Refusal):
    """The learner has attended no session of this project."""

    code = "did_not_attend"


class AttendanceNotMet(Refusal):
    """The learner attended, but not yet the share of the sessions that the project asks for."""

    code = "attendance_not_met"


class AnswersInvalid(Refusal):
    """An answer doesn't fit its question, or a question has no answer."""

    code = "answers_invalid"


class QuestionInvalid(Refusal):
    """The question is incomplete: too few options, no right option, or a field that its kind doesn't have."""

    code = "question_invalid"


class NotConfirmed(Refusal):
    """The organizer has not confirmed the list of the project yet."""

    code = "not_confirmed"


class RequestInvalid(Refusal):
    """A request for a correction names a time that is still to come."""

    code = "request_invalid"


class RequestOpen(Refusal):
    """The learner has too many open requests at this project."""

    code = "request_open"
