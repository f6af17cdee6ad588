"""Online exams (在线考试): questions, a project's exam, and each attempt with its frozen paper and saved answers."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, new_id, words


class QuestionKind(enum.StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL = "fill"
    NUMBER = "number"

    @property
    def is_written(self) -> bool:
        """Whether the answer is a text; otherwise options are chosen."""
        return self in (QuestionKind.FILL, QuestionKind.NUMBER)


class Question(Base):
    """One question, of a unit's bank or of one exam alone. Rows never change, so that a paper may name them by id."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("points >= 1", name="points"),
        Index(
            "ix_question_bank",
            "unit_id",
            "discipline",
            "kind",
            sqlite_where=text("project_id IS NULL"),
            postgresql_where=text("project_id IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    project_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("project.id"), index=True)
    """None in a question bank."""
    discipline: Mapped[str | None] = mapped_column(String(100))
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    text: Mapped[str] = mapped_column(Text)
    options: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    """`{"id", "text"}` each; the ids are random, so that they tell nothing of the order they were written in."""
    correct: Mapped[list[str]] = mapped_column(JSON)
    """The ids of the right options, or the accepted texts."""
    points: Mapped[int]
    explanation: Mapped[str | None] = mapped_column(Text)
    picture_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_picture.id"))
    import_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_import.id"), index=True)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it is on no new paper."""
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question.id"), unique=True)
    """The question that this one corrects; it was retired with it."""


class QuestionPicture(Base):
    """A picture of a question, drawn anew when it was uploaded: nothing of the file but its pixels is kept."""

    __tablename__ = "question_picture"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """A PNG."""
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Review(enum.StrEnum):
    """When a learner may see what was wrong, and why."""

    NEVER = "never"
    AFTER_HAND_IN = "after_hand_in"
    AFTER_CLOSE = "after_close"


class Scoring(enum.StrEnum):
    """What a multiple choice earns that is not wholly right."""

    ALL_OR_NOTHING = "all_or_nothing"
    PARTIAL = "partial"
    """Its share of the points, where no wrong option was chosen (少选得部分分)."""


class Exam(Base):
    """The one exam of a project: its rules, its own questions, and what is drawn from the bank."""

    __tablename__ = "exam"
    __table_args__ = (
        CheckConstraint("pass_mark BETWEEN 0 AND 100", name="pass_mark"),
        CheckConstraint("minutes >= 1 AND attempts >= 1 AND pause_minutes >= 0", name="limits"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int]
    """Counts how often it was set: a paper drawn by rules that were replaced meanwhile is drawn anew."""
    pass_mark: Mapped[int]
    """Per cent."""
    minutes: Mapped[int]
    attempts: Mapped[int]
    pause_minutes: Mapped[int]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: 30 days after the project's last day."""
    is_shuffled: Mapped[bool]
    needs_attendance: Mapped[bool]
    review: Mapped[Review] = mapped_column(words(Review))
    scoring: Mapped[Scoring] = mapped_column(words(Scoring), server_default="all_or_nothing")
    question_ids: Mapped[list[str]] = mapped_column(JSON)
    """Its own questions, on every paper."""
    draws: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As `attendance.exams.papers.Draw` writes them."""
    set_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamExtraTime(Base):
    """More minutes for one person, with the reason."""

    __tablename__ = "exam_extra_time"

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExceptionKind(enum.StrEnum):
    """What is different for one person."""

    ATTEMPTS = "attempts"
    """So many attempts more than the exam gives everybody."""
    UNTIL = "until"
    """A later last moment."""
    PASSED = "passed"
    """They count as passed, whatever their attempts came to."""


class ExamException(Base):
    """An exception for one person, with the reason. The latest of each kind holds; the audit trail has earlier ones."""

    __tablename__ = "exam_exception"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'attempts') = (attempts IS NOT NULL) AND (kind = 'until') = (until IS NOT NULL)", name="content"
        ),
        CheckConstraint("attempts >= 1", name="attempts"),
        Index("ix_exam_exception_person", "person_id"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[ExceptionKind] = mapped_column(words(ExceptionKind), primary_key=True)
    attempts: Mapped[int | None]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(500))
    given_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandIn(enum.StrEnum):
    """Who handed an attempt in."""

    LEARNER = "learner"
    DEADLINE = "deadline"
    CUT_OFF = "cut_off"
    """The organizer, who confirmed the settlement before the exam closed."""


class ExamAttempt(Base):
    """One sitting (考试记录): a paper frozen as it was drawn, and what it came to. One is open at a time a person."""

    __tablename__ = "exam_attempt"
    __table_args__ = (
        UniqueConstraint("project_id", "person_id", "number"),
        Index(
            "uq_exam_attempt_open",
            "project_id",
            "person_id",
            unique=True,
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index(
            "ix_exam_attempt_deadline",
            "deadline_at",
            sqlite_where=text("submitted_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL"),
        ),
        Index("ix_exam_attempt_person", "person_id", "project_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    """1 for the first."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deadline_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paper: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As `attendance.exams.papers.Item` writes them: questions and options in the order of this paper."""
    pass_mark: Mapped[int]
    """Per cent, as it was at the start."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand_in: Mapped[HandIn | None] = mapped_column(words(HandIn))
    earned: Mapped[list[int | str] | None] = mapped_column(JSON)
    """Points of each question, in the order of the paper: whole numbers, and texts such as "2/3"."""
    score: Mapped[int | None]
    """Hundredths of a per cent, rounded down once."""
    out_of: Mapped[int | None]
    passed: Mapped[bool | None]
    """Stays true after a correction, whatever the score is then."""


class ExamAnswer(Base):
    """The answer to one question of one attempt, as last saved."""

    __tablename__ = "exam_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)  # one tree to write a save into, not two

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_attempt.id"), primary_key=True)
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question.id"), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    """A list of option ids, or a text."""
    revision: Mapped[int]
    """Counted by the device: an older save that arrives late does not undo a newer one."""
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CorrectionKind(enum.StrEnum):
    """How a question is graded after a correction."""

    KEY = "key"
    """By other right answers."""
    VOID = "void"
    """It counts nothing, and leaves the total of every paper."""
    ACCEPT_ALL = "accept_all"
    """Everybody who had it gets its points."""


class ExamCorrection(Base):
    """A correction of one question in one exam, made after papers were out. The latest of a question holds."""

    __tablename__ = "exam_correction"
    __table_args__ = (Index("ix_exam_correction_project", "project_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id"))
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question.id"))
    kind: Mapped[CorrectionKind] = mapped_column(words(CorrectionKind))
    correct: Mapped[list[str]] = mapped_column(JSON)
    """The ids of the right options, or the accepted texts; empty for other kinds than a key."""
    reason: Mapped[str] = mapped_column(String(500))
    papers: Mapped[int]
    """How many papers that were handed in have the question."""
    people_moved: Mapped[int]
    newly_passed: Mapped[int]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ExamRegrade(Base):
    """What a correction changed for one attempt that was handed in. Attempts that stay as they were have no row."""

    __tablename__ = "exam_regrade"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_attempt.id"), primary_key=True)
    correction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_correction.id"), primary_key=True)
    score_before: Mapped[int]
    score_after: Mapped[int]
    """Hundredths of a per cent."""
    passed_before: Mapped[bool]
    passed_after: Mapped[bool]
