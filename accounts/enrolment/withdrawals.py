"""A person ends their face: by withdrawing consent, or by saying that the enrolled face is not theirs.

See docs/decisions/0034-swapped-faces.md.
"""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.enrolment import consent, holds
from accounts.enrolment.enrolment import delete_face, find_template
from accounts.face_errors import NoOpenQuestion
from accounts.notices import Notices
from accounts.sign_in.sms import NoticeKind
from foundation import audit
from models.face_erasures import FaceErasureCause
from models.faces import FaceCase, FaceHold


def withdraw_consent(db: Session, *, person_id: uuid.UUID, now: datetime, notices: Notices) -> None:
    """Withdraw consent, which deletes the face at once (L-3, L-6). A second call changes nothing.

    It is never refused, also while a case about the face is open. An enrolment under way is refused.
    """
    hold = holds.lock(db, person_id)
    if _end_face(db, hold, FaceErasureCause.WITHDRAWN, now, notices):
        audit.record(db, person_id, now, "face.withdraw", ("person", person_id))


def end_for_deregistered(db: Session, *, person_id: uuid.UUID, now: datetime, notices: Notices) -> None:
    """Delete the face of somebody who is deregistered (注销), with the consents (L-6). No face, no change."""
    hold = holds.lock(db, person_id)
    if _end_face(db, hold, FaceErasureCause.DEREGISTERED, now, notices):
        audit.record(db, None, now, "face.end_deregistered", ("person", person_id))


def ask_owner(db: Session, *, person_id: uuid.UUID, now: datetime, notices: Notices) -> None:
    """Ask the owner whether the face on file is theirs, after a reset of the password. No face, no question.

    An enrolment under way is refused: who began it may not be the owner.
    """
    hold = holds.lock(db, person_id)
    hold.interruptions += 1
    face = find_template(db, person_id)
    if face is not None:
        face.question_at = now
        notices.write(db, NoticeKind.FACE_QUESTION, person_id=person_id, now=now)
    db.flush()


def answer(db: Session, *, person_id: uuid.UUID, is_mine: bool, now: datetime, notices: Notices) -> FaceCase | None:
    """Answer the open question about the face. False deletes it and opens a case for an admin, which is returned.

    Raises NoOpenQuestion, also if it is answered already.
    """
    hold = holds.lock(db, person_id)
    face = find_template(db, person_id)
    if face is None or face.question_at is None:
        raise NoOpenQuestion
    if is_mine:
        face.question_at = None
        audit.record(db, person_id, now, "face.confirm", ("person", person_id))
        db.flush()
        return None
    device = face.device
    _end_face(db, hold, FaceErasureCause.DISOWNED, now, notices)
    case = holds.open_not_mine(db, hold, device, now)
    audit.record(db, person_id, now, "face.disown", ("person", person_id), after={"case": str(case.id)})
    return case


def _end_face(db: Session, hold: FaceHold, cause: FaceErasureCause, now: datetime, notices: Notices) -> bool:
    """Delete the face by its owner's will, with the consents; return whether there was one."""
    hold.interruptions += 1
    consents = consent.withdraw(db, person_id=hold.person_id, now=now)
    face = find_template(db, hold.person_id)
    if face is None:
        if consents:  # given before an enrolment that never came
            audit.record(db, hold.person_id, now, "face_consent.withdraw", ("person", hold.person_id))
        db.flush()
        return False
    holds.close_cases_of(db, face, now)
    holds.note_withdrawal(db, hold, face, now)
    delete_face(db, person_id=hold.person_id, cause=cause, now=now)
    notices.write(db, NoticeKind.FACE_WITHDRAWN, person_id=hold.person_id, now=now)
    return True
