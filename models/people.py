"""People, the units they belong to, and the roles they hold there."""

import enum
import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, UtcDateTime, new_id, words

LONGEST_READING = 600
"""The longest pinyin of a name of a hundred characters."""
_Letters = String(LONGEST_READING).with_variant(String(LONGEST_READING, collation="C"), "postgresql")
"""Small Latin letters, sorted one by one: whatever the database's language, a range of them is a prefix."""


class UnitKind(enum.StrEnum):
    """The levels of the unit tree, from the top."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    HOSPITAL = "hospital"
    DEPARTMENT = "department"


class UnitGrade(enum.StrEnum):
    """What a unit is beyond its level: of the province (省级), or a tertiary hospital (三级)."""

    PROVINCIAL = "provincial"
    TERTIARY = "tertiary"


class Unit(Base):
    """A unit (单位) of the tree: province, city, county, hospital, department."""

    __tablename__ = "unit"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[UnitKind] = mapped_column(words(UnitKind))
    grade: Mapped[UnitGrade | None] = mapped_column(words(UnitGrade))
    name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(400), unique=True)
    """The ids from the root to here in hex, each followed by a slash: a subtree is a prefix."""


class Person(Base):
    """The human. A 继教编号 (`cme_number`) of ten digits is theirs alone; people of other provinces have none."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_name", "name", "id", "cme_number", "unit_id"),  # all that a search looks at
        Index("ix_person_pinyin", "pinyin", "id"),
        Index("ix_person_pinyin_initials", "pinyin_initials", "id"),
        Index(
            "ix_person_pinyin_others",
            "pinyin_others",
            "id",
            sqlite_where=text("pinyin_others IS NOT NULL"),
            postgresql_where=text("pinyin_others IS NOT NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    cme_number: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    pinyin: Mapped[str | None] = mapped_column(_Letters)
    """The name in pinyin, as `accounts.people.readings.set_name` sets it; None until the upkeep has read it."""
    pinyin_initials: Mapped[str | None] = mapped_column(_Letters)
    pinyin_others: Mapped[str | None] = mapped_column(_Letters)
    """Further readings and their initials, each behind a blank; None without any."""
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    birth_on: Mapped[date | None]
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """HMAC of the E.164 number: lets a sign-in find the person without the number in clear."""
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_number_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    """HMAC of the ID number, to find the person by it. People of other provinces always have one."""
    employer: Mapped[str | None] = mapped_column(String(200))
    """The unit of a person of another province, which is none of our tree."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    unit: Mapped[Unit] = relationship(lazy="raise")


class Role(enum.StrEnum):
    """What a person may do, each within a unit and all below it."""

    LEARNER = "learner"
    ORGANIZER = "organizer"
    DEPARTMENT_ADMIN = "department_admin"
    UNIT_ADMIN = "unit_admin"
    AUTHORITY = "authority"
    SYSTEM_ADMIN = "system_admin"
    AUDITOR = "auditor"


class RoleGrant(Base):
    """One person holds one role over one unit and its subtree."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "unit_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    unit: Mapped[Unit] = relationship(lazy="raise")
