"""What a check-in knows: the facts before the face is compared, and what is locked until its transaction ends."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from accounts.enrolment import used_pictures
from accounts.enrolment.enrolment import EnrolledFace
from accounts.enrolment.used_pictures import Mark, PictureUse
from accounts.face_errors import FaceNotEnrolled
from attendance.attempts import tries
from attendance.attempts.tickets import MOST_REFUSALS, TRIES, Ticket
from attendance.errors import NotOnRoster, SessionNotOpen
from attendance.projects.closed import not_announced
from attendance.projects.states import FROZEN, NOT_ANNOUNCED
from attendance.sessions.held import check_not_cancelled
from attendance.sessions.windows import is_open
from foundation.errors import NotFound
from models.attendance import CheckIn, CheckInAttempt
from models.faces import FaceTemplate, TemplateStatus, UsedPicture
from models.projects import Project, ProjectStatus, RosterEntry
from models.projects import Session as VenueSession


@dataclass(frozen=True)
class Facts:
    """Facts known before the face is compared. first: the check-in that exists already, or None.

    is_used_up: whether the ticket bears no further try.
    """

    session: VenueSession
    status: ProjectStatus
    first: CheckIn | None
    is_used_up: bool
    is_on_roster: bool


@dataclass(frozen=True)
class LockedFacts:
    """What stays as it is until the transaction of the check-in ends. use: what is known of the pictures.

    is_in_question: whether the owner has yet to say that the face is theirs.
    """

    session: VenueSession
    is_in_question: bool
    use: PictureUse


def _select_facts() -> Select[VenueSession, ProjectStatus, CheckIn | None, bool, bool]:
    """Return one statement for all facts about a ticket's session and person."""
    person_id: BindParameter[uuid.UUID] = bindparam("person_id")
    is_used_up = (
        select(or_(tries.tried() >= TRIES, tries.refused() >= MOST_REFUSALS))
        # of the owner: others who send the ticket are refused too, and must not use it up
        .where(CheckInAttempt.ticket_id == bindparam("ticket_id"), CheckInAttempt.person_id == person_id)
        .scalar_subquery()
    )
    expected = exists().where(RosterEntry.project_id == VenueSession.project_id, RosterEntry.person_id == person_id)
    made_before = and_(
        CheckIn.session_id == VenueSession.id,
        CheckIn.person_id == person_id,
        CheckIn.direction == bindparam("direction"),
    )
    return (
        select(VenueSession, Project.status, CheckIn, is_used_up, expected)
        .join(Project, Project.id == VenueSession.project_id)
        .outerjoin(CheckIn, made_before)
        .where(VenueSession.id == bindparam("session_id"))
    )


_FACTS = _select_facts()  # built once: building it takes longer than running it


def look_up(db: Session, ticket: Ticket) -> Facts:
    """Return the facts about a ticket's session and person. Raises NotFound for a session that is gone."""
    about = {
        "ticket_id": ticket.id,
        "session_id": ticket.session_id,
        "person_id": ticket.person_id,
        "direction": ticket.direction,
    }
    found = db.execute(_FACTS, about).first()
    if found is None:
        raise NotFound
    session, status, first, is_used_up, is_on_roster = found
    return Facts(session, status, first, bool(is_used_up), bool(is_on_roster))


# Made once, as above; one statement for all, because each check-in runs it. The face's own lock is one that lets
# `note_shown` update it: two check-ins of a person that share a lock would wait for each other there.
_LOCKED = (
    select(VenueSession, FaceTemplate.question_at, *used_pictures.COLUMNS)
    .select_from(VenueSession)
    .join(FaceTemplate, FaceTemplate.id == bindparam("template_id"))
    .outerjoin(UsedPicture, used_pictures.may_be_used())
    .where(VenueSession.id == bindparam("session_id"), FaceTemplate.status == TemplateStatus.ACTIVE)
    .with_for_update(read=True, of=VenueSession)
    .suffix_with("FOR NO KEY UPDATE OF face_template", dialect="postgresql")
    .execution_options(populate_existing=True)
)


def lock(db: Session, ticket: Ticket, face: EnrolledFace, marks: Sequence[Mark]) -> LockedFacts:
    """Return the session and the face as they are now, and what is known of the pictures.

    The session may have been moved, closed or cancelled while the face was looked at, and the face withdrawn, replaced
    or questioned. Nobody changes either until this transaction ends; check-ins of different people don't wait for each
    other. Raises SessionCancelled, SessionNotOpen; FaceNotEnrolled if that face was deleted or replaced meanwhile.
    """
    about = {
        "session_id": ticket.session_id,
        "template_id": face.id,
        **used_pictures.parameters(ticket.person_id, marks),
    }
    rows = db.execute(_LOCKED, about).all()
    if not rows:
        raise FaceNotEnrolled
    session, question_at = rows[0][:2]
    check_not_cancelled(session)
    if not is_open(session, ticket.direction, ticket.scanned_at):
        raise SessionNotOpen
    use = used_pictures.judge(marks, (row[2:] for row in rows))
    return LockedFacts(session, question_at is not None, use)


def check_may_attend(facts: Facts, ticket: Ticket) -> None:
    """Raise the refusal for a change since the scan: a cancelled session, moved windows, an ended project, a roster."""
    check_not_cancelled(facts.session)
    if not is_open(facts.session, ticket.direction, ticket.scanned_at):
        raise SessionNotOpen
    if facts.status in FROZEN:  # the project was sent for review within the ticket's two minutes
        raise SessionNotOpen
    if not facts.is_on_roster:
        raise NotOnRoster
    if facts.status in NOT_ANNOUNCED:
        raise not_announced(facts.status)
