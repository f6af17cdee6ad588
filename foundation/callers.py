"""The signed-in person who calls, and the units that their roles reach."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from foundation.errors import Forbidden
from models.people import Role
from models.project_staff import StaffTask


@dataclass(frozen=True)
class Grant:
    """One role over one unit and all units below it. unit_path: as `models.people.Unit.path`."""

    role: Role
    unit_id: uuid.UUID
    unit_path: str


@dataclass(frozen=True)
class Assignment:
    """The tasks of a person at one project. session_id: None for the whole project, else at this session alone."""

    id: uuid.UUID
    project_id: uuid.UUID
    session_id: uuid.UUID | None
    tasks: frozenset[StaffTask]


@dataclass(frozen=True)
class Caller:
    """A signed-in person."""

    person_id: uuid.UUID
    account_id: uuid.UUID
    sign_in_id: uuid.UUID
    unit_id: uuid.UUID
    unit_path: str
    grants: tuple[Grant, ...]
    is_second_factor_due: bool = False
    """Whether the sign-in opens only the set-up of a second factor."""
    last_used_at: datetime | None = None
    """The time of the last request of somebody with a role, at most a minute late."""
    is_out_of_province: bool = False
    """Whether the sign-in, by ID number and phone, opens only one's own credits and certificates (M-10.2)."""
    assignments: tuple[Assignment, ...] = ()
    """Those that hold now. They are read only for views that open to a task."""

    @property
    def is_staff(self) -> bool:
        """Whether the caller holds a role beyond that of a learner."""
        return any(grant.role is not Role.LEARNER for grant in self.grants)

    def has(self, roles: Collection[Role]) -> bool:
        """Return whether the caller holds one of `roles` anywhere."""
        return any(grant.role in roles for grant in self.grants)

    def may(self, roles: Collection[Role], unit_path: str) -> bool:
        """Return whether one of `roles` reaches the unit at `unit_path`."""
        return any(grant.role in roles and unit_path.startswith(grant.unit_path) for grant in self.grants)

    def assigned(
        self, tasks: Collection[StaffTask], project_id: uuid.UUID, session_id: uuid.UUID | None = None
    ) -> list[Assignment]:
        """Return the assignments with one of `tasks` to the whole project, or to this session of it."""
        return [
            each
            for each in self.assignments
            if each.project_id == project_id
            and each.session_id in (None, session_id)
            and not each.tasks.isdisjoint(tasks)
        ]

    def scopes(self, roles: Collection[Role]) -> list[str]:
        """Return the unit paths over which the caller holds one of `roles`."""
        return [grant.unit_path for grant in self.grants if grant.role in roles]


def require(caller: Caller, roles: Collection[Role], unit_path: str) -> None:
    """Raise Forbidden unless one of the caller's `roles` reaches the unit at `unit_path`."""
    if not caller.may(roles, unit_path):
        raise Forbidden
