"""The body of all that is stored of me."""

import uuid
from datetime import date, datetime

from attendance.own.own_data import OwnData
from service.edge.answers.bodies import Out
from service.edge.answers.problems import in_callers_language
from service.wording.own_data import TITLES


class MyPersonOut(Out):
    """Who I am. phone_end, id_number_end: the last four characters of what is stored encrypted; null for none."""

    id: uuid.UUID
    cme_number: str | None
    name: str
    unit: str
    employer: str | None
    birth_on: date | None
    phone_end: str | None
    id_number_end: str | None
    created_at: datetime


class MyAccountOut(Out):
    """My account, without its secrets."""

    id: uuid.UUID
    created_at: datetime
    has_password: bool
    must_change_password: bool
    suspended_at: datetime | None


class MyTextOut(Out):
    """A text that I agreed to, in my language. When I did, and what I took back, is among the parts."""

    version: str
    text: str


class MyPartOut(Out):
    """A part: its title in my language, and its rows, newest first. is_whole: false if older rows were left out."""

    name: str
    title: str
    is_whole: bool
    rows: list[dict[str, str | int | bool | list[str] | dict[str, str | None] | None]]


class MyDataOut(Out):
    """All that is stored of me. Ids of sessions, projects and units have their names beside them."""

    made_at: datetime
    person: MyPersonOut
    account: MyAccountOut | None
    consent_texts: list[MyTextOut]
    parts: list[MyPartOut]

    @classmethod
    def of(cls, found: OwnData, now: datetime) -> "MyDataOut":
        """Return the data as a body, in the caller's language."""
        person, account = found.person, found.account
        return cls(
            made_at=now,
            person=MyPersonOut(
                id=person.id,
                cme_number=person.cme_number,
                name=person.name,
                unit=person.unit.name,
                employer=person.employer,
                birth_on=person.birth_on,
                phone_end=found.phone_end,
                id_number_end=found.id_number_end,
                created_at=person.created_at,
            ),
            account=MyAccountOut(
                id=account.id,
                created_at=account.created_at,
                has_password=account.password_hash is not None,
                must_change_password=account.must_change_password,
                suspended_at=account.suspended_at,
            )
            if account is not None
            else None,
            consent_texts=[
                MyTextOut(version=each.version, text=in_callers_language((each.zh, each.en)))
                for each in found.consent_texts
            ],
            parts=[
                MyPartOut(
                    name=part.name,
                    title=in_callers_language(TITLES[part.name]),
                    is_whole=part.is_whole,
                    rows=part.rows,
                )
                for part in found.parts
            ],
        )
