"""Pictures of questions: JPEG, PNG or WebP files are redrawn, so that only the pixels are stored."""

import io
import uuid
from datetime import datetime

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from attendance.projects.access import ORGANIZERS
from attendance.projects.units import get_own_unit, visible_unit_ids
from faces.errors import FaceError, PhotoAnimated, PhotoBroken, PhotoTooLarge, PhotoTooManyPixels, PhotoUnsupported
from foundation.callers import Caller
from foundation.errors import NotFound
from models.base import new_id
from models.exams import ExamAttempt, Question, QuestionPicture
from models.people import Unit
from models.project_staff import StaffTask

MAX_BYTES = 5 * 1024 * 1024
_MAX_PIXELS = 16_000_000
_LONG_SIDE = 1600  # more than a phone shows
_FORMS = ("JPEG", "PNG", "WEBP")


def keep_picture(
    db: Session, *, content: bytes, unit_id: uuid.UUID | None, caller: Caller, now: datetime
) -> QuestionPicture:
    """Store a picture from `redraw` for the questions of a unit and all units below it.

    Raises UnitNeeded, NotFound, Forbidden.
    """
    unit = get_own_unit(db, unit_id, caller)
    made = QuestionPicture(id=new_id(), unit_id=unit.id, content=content, uploaded_by=caller.person_id, uploaded_at=now)
    db.add(made)
    db.flush()
    return made


def redraw(data: bytes) -> bytes:
    """Return the picture as a PNG of at most 1600 pixels a side. Raises a FaceError."""
    if len(data) > MAX_BYTES:
        raise PhotoTooLarge
    try:
        with Image.open(io.BytesIO(data), formats=_FORMS) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise PhotoTooManyPixels
            if getattr(picture, "is_animated", False):
                raise PhotoAnimated
            upright = ImageOps.exif_transpose(picture)  # the tags of a phone give the orientation, and they are dropped
            drawn = upright.convert("RGBA" if picture.has_transparency_data else "RGB")
    except UnidentifiedImageError:
        raise PhotoUnsupported from None
    except Image.DecompressionBombError:
        raise PhotoTooManyPixels from None
    except FaceError:
        raise
    except Exception as broken:  # decoders raise many kinds of exceptions
        raise PhotoBroken from broken
    drawn.thumbnail((_LONG_SIDE, _LONG_SIDE))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def get_picture(db: Session, *, picture_id: uuid.UUID, caller: Caller) -> bytes:
    """Return a picture that the caller may use or whose unit is below theirs, as its question. Raises NotFound.

    Who has the content of a project as task sees the pictures of its exam.
    """
    below = (Unit.path.startswith(path) for path in caller.scopes(ORGANIZERS))
    wanted = select(QuestionPicture.content).join(Unit, Unit.id == QuestionPicture.unit_id)
    projects = [each.project_id for each in caller.assignments if StaffTask.CONTENT in each.tasks]
    on_paper = exists().where(Question.picture_id == QuestionPicture.id, Question.project_id.in_(projects))
    within = or_(QuestionPicture.unit_id.in_(visible_unit_ids(caller)), *below, on_paper)
    found = db.scalar(wanted.where(QuestionPicture.id == picture_id, within))
    if found is None:
        raise NotFound
    return found


def get_picture_of_paper(db: Session, *, attempt_id: uuid.UUID, question_id: uuid.UUID, caller: Caller) -> bytes:
    """Return the picture of a question on the caller's own paper. Raises NotFound."""
    wanted = select(ExamAttempt.paper).where(ExamAttempt.id == attempt_id, ExamAttempt.person_id == caller.person_id)
    paper = db.scalar(wanted)
    if paper is None or str(question_id) not in {each["question"] for each in paper}:
        raise NotFound
    found = db.scalar(
        select(QuestionPicture.content)
        .join(Question, Question.picture_id == QuestionPicture.id)
        .where(Question.id == question_id)
    )
    if found is None:
        raise NotFound
    return found
