"""Requests to correct a field of a profile that people only read (更正申请, O-28), and the admins' decisions."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from accounts.errors import ProfileRequestsFull, ProfileUnchanged
from accounts.people import people
from accounts.people.people import PEOPLE_ADMINS
from accounts.profiles.fields import ProfileField, as_text, read_value
from accounts.profiles.profiles import ProfileEdit, Profiles, refuse_own
from accounts.whom_to_ask import find_admins
from foundation import audit, inbox
from foundation.callers import Caller
from foundation.clock import day_at_home
from foundation.errors import AlreadyDecided, NotFound
from foundation.inbox import News
from foundation.sealing import FieldSeal
from foundation.transactions import insert_object
from models.base import new_id
from models.notices import NoticeTopic
from models.people import Person, Role, Unit
from models.profiles import PersonProfile, ProfileRequest, ProfileRequestStatus

REQUESTED = "profile_request"
"""The kind of the sealed values of a request."""
_MOST_A_YEAR = 50
"""Requests of one person in 365 days: each field several times, and no flood of an admin's inbox (A)."""
_YEAR = timedelta(days=365)
_TOLD = (Role.UNIT_ADMIN, Role.AUTHORITY)


@dataclass(frozen=True)
class Asked:
    """What somebody asks for. wanted: the new value as text, a code of the field's words where it has any."""

    field: ProfileField
    wanted: str
    reason: str
    evidence: str | None = None


@dataclass(frozen=True)
class ListedRequest:
    """A request with the person who asks, and the values opened. before: what an accepted one replaced."""

    request: ProfileRequest
    person: Person
    wanted: str
    wanted_name: str | None
    before: str | None


class Corrections:
    """Takes requests and decides them."""

    def __init__(self, seal: FieldSeal, profiles: Profiles) -> None:
        self._seal = seal
        self._profiles = profiles

    def ask(self, db: Session, *, asked: Asked, caller: Caller, now: datetime) -> ListedRequest:
        """Ask for a correction, and tell the nearest admins. An open request for the field is returned as it is.

        Raises ProfileValueInvalid; ProfileUnchanged for the value that is there; NotFound for a unit that is none;
        ProfileRequestsFull beyond the limit of a year.
        """
        person = db.get_one(Person, caller.person_id)
        value = read_value(asked.field, asked.wanted, today=day_at_home(now))
        if asked.field is ProfileField.UNIT_ID:
            people.get_unit(db, value)
        if self._profiles.value_of(asked.field, person, db.get(PersonProfile, person.id)) == value:
            raise ProfileUnchanged(field="wanted")
        mine = ProfileRequest.person_id == person.id, ProfileRequest.field == asked.field.value
        is_open = ProfileRequest.status == ProfileRequestStatus.OPEN
        earlier = db.scalars(select(ProfileRequest).where(*mine, is_open)).first()
        if earlier is not None:
            return self._opened(db, earlier, person)
        _check_number(db, person.id, now)
        made = ProfileRequest(
            id=new_id(),
            person_id=person.id,
            field=asked.field.value,
            wanted_sealed=self._seal.seal(REQUESTED, as_text(value) or ""),
            reason=asked.reason,
            evidence=asked.evidence,
            status=ProfileRequestStatus.OPEN,
            asked_at=now,
        )
        if not insert_object(db, made):  # an equal one at the same time was first
            return self._opened(db, db.scalars(select(ProfileRequest).where(*mine, is_open)).one(), person)
        facts = {"field": made.field, "made_by": str(person.id)}
        admins = find_admins(db, person.id, _TOLD)
        inbox.tell(db, admins, News(NoticeTopic.PROFILE_REQUESTED, now, facts=facts))
        return self._opened(db, made, person)

    def withdraw(self, db: Session, *, request_id: uuid.UUID, caller: Caller, now: datetime) -> None:
        """Withdraw an open request of one's own. A second call changes nothing. Raises NotFound, AlreadyDecided."""
        request = db.get(ProfileRequest, request_id, with_for_update=True, populate_existing=True)
        if request is None or request.person_id != caller.person_id:
            raise NotFound
        if request.status is ProfileRequestStatus.WITHDRAWN:
            return
        if request.status is not ProfileRequestStatus.OPEN:
            raise AlreadyDecided
        request.status, request.decided_at = ProfileRequestStatus.WITHDRAWN, now
        db.flush()

    def list_own(
        self, db: Session, *, person_id: uuid.UUID, after: uuid.UUID | None, limit: int
    ) -> list[ListedRequest]:
        """Return the person's requests, newest first, beginning after `after`."""
        wanted = select(ProfileRequest).where(ProfileRequest.person_id == person_id)
        if after is not None:
            wanted = wanted.where(ProfileRequest.id < after)
        person = db.get_one(Person, person_id)
        rows = db.scalars(wanted.order_by(ProfileRequest.id.desc()).limit(limit)).all()
        return self._all_opened(db, [(row, person) for row in rows])

    def list_for_admins(
        self,
        db: Session,
        *,
        caller: Caller,
        status: ProfileRequestStatus | None,
        after: uuid.UUID | None,
        limit: int,
    ) -> list[ListedRequest]:
        """Return the requests of people within the caller's reach, oldest first, beginning after `after`."""
        wanted = (
            select(ProfileRequest, Person)
            .join(Person, Person.id == ProfileRequest.person_id)
            .join(Unit, Unit.id == Person.unit_id)
            .where(or_(false(), *(Unit.path.startswith(path) for path in caller.scopes(PEOPLE_ADMINS))))
        )
        if status is not None:
            wanted = wanted.where(ProfileRequest.status == status)
        if after is not None:
            wanted = wanted.where(ProfileRequest.id > after)
        rows = db.execute(wanted.order_by(ProfileRequest.id).limit(limit)).all()
        return self._all_opened(db, [(request, person) for request, person in rows])

    def decide_request(
        self, db: Session, *, request_id: uuid.UUID, accepts: bool, reason: str, caller: Caller, now: datetime
    ) -> ListedRequest:
        """Accept a request, which changes the profile as an admin does, or reject it; tell the person.

        Raises NotFound beyond the caller's reach; OwnDetails for one's own; AlreadyDecided, also for a withdrawn one;
        where it is accepted, what `Profiles.edit` raises.
        """
        request = db.get(ProfileRequest, request_id)
        if request is None:
            raise NotFound
        person = people.get_person(db, person_id=request.person_id, caller=caller)
        request = db.get_one(ProfileRequest, request_id, with_for_update=True, populate_existing=True)
        refuse_own(db, person=person, caller=caller)
        if request.status is not ProfileRequestStatus.OPEN:
            raise AlreadyDecided
        if accepts:
            self._apply(db, request, person, reason, caller, now)
        request.status = ProfileRequestStatus.ACCEPTED if accepts else ProfileRequestStatus.REJECTED
        request.decided_by, request.decided_at, request.decision_reason = caller.person_id, now, reason
        after = {"field": request.field, "status": request.status.value}
        audit.record(db, caller, now, "profile_request.decide", person, reason=reason, after=after)
        facts = {"field": request.field, "decision": request.status.value, "reason": reason}
        inbox.tell(db, [person.id], News(NoticeTopic.PROFILE_DECIDED, now, facts=facts))
        db.flush()
        return self._opened(db, request, person)

    def _apply(
        self, db: Session, request: ProfileRequest, person: Person, reason: str, caller: Caller, now: datetime
    ) -> None:
        field = ProfileField(request.field)
        value = read_value(field, self._seal.open(REQUESTED, request.wanted_sealed), today=day_at_home(now))
        before = as_text(self._profiles.value_of(field, person, db.get(PersonProfile, person.id)))
        request.before_sealed = self._seal.seal(REQUESTED, before) if before is not None else None
        self._profiles.edit(db, person=person, edit=ProfileEdit({field: value}, reason=reason), caller=caller, now=now)

    def _opened(self, db: Session, request: ProfileRequest, person: Person) -> ListedRequest:
        return self._all_opened(db, [(request, person)])[0]

    def _all_opened(self, db: Session, rows: Sequence[tuple[ProfileRequest, Person]]) -> list[ListedRequest]:
        """Return requests with their values, and the names of wanted units in one statement."""
        wanted = {request.id: self._seal.open(REQUESTED, request.wanted_sealed) for request, _ in rows}
        units = {wanted[request.id] for request, _ in rows if request.field == ProfileField.UNIT_ID}
        names = _unit_names(db, units)
        return [
            ListedRequest(
                request=request,
                person=person,
                wanted=wanted[request.id],
                wanted_name=names.get(wanted[request.id]),
                before=self._seal.open(REQUESTED, request.before_sealed) if request.before_sealed else None,
            )
            for request, person in rows
        ]


def _unit_names(db: Session, ids: Collection[str]) -> dict[str, str]:
    if not ids:
        return {}
    found = db.execute(select(Unit.id, Unit.name).where(Unit.id.in_([uuid.UUID(each) for each in ids])))
    return {str(ident): name for ident, name in found}


def _check_number(db: Session, person_id: uuid.UUID, now: datetime) -> None:
    recent = ProfileRequest.asked_at > now - _YEAR
    asked = select(func.count()).where(ProfileRequest.person_id == person_id, recent)
    if (db.scalar(asked) or 0) >= _MOST_A_YEAR:
        raise ProfileRequestsFull(facts={"most": _MOST_A_YEAR})
