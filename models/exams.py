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


class QuestionImport(Base):
    """One file that was taken into a bank as a whole, and may be taken back as a whole."""

    __tablename__ = "question_import"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    form: Mapped[str] = mapped_column(String(10))
    questions: Mapped[int]
    imported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    earned: Mapped[list[int] | None] = mapped_column(JSON)
    """Points of each question, in the order of the paper."""
    points: Mapped[int | None]
    out_of: Mapped[int | None]
    passed: Mapped[bool | None]


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
