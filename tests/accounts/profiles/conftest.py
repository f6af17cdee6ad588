"""A hospital with a doctor and the admin of their unit."""

from dataclasses import dataclass

import pytest

from models.people import Person, Role, Unit
from tests.api import Api
from tests.factories import Factories
from tests.kept_worlds import KeptWorlds

WHY = {"reason": "与聘书核对"}


@dataclass
class Ward:
    """Who there is. me, admin: their clients."""

    hospital: Unit
    doctor: Person
    chief: Person
    me: Api
    admin: Api


@pytest.fixture
def ward(kept: KeptWorlds) -> Ward:
    return kept.open("ward of profiles", lambda: make_ward(kept.api, kept.make))


def make_ward(api: Api, make: Factories) -> Ward:
    hospital = make.unit(name="第一医院")
    doctor = make.person(unit=hospital, name="李示范", phone="+8613800000001", id_number="990000198511220014")
    chief = make.staff(Role.UNIT_ADMIN, hospital)
    return Ward(hospital, doctor, chief, api.as_(doctor), api.as_(chief))
