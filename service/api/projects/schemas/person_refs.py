"""How a request names a person: by 继教编号, or by id for people without a number."""

import uuid
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from attendance.roster.person_refs import NamedRef, PersonRef
from service.edge.answers.bodies import ONE_OF, Body, Way, Ways

CmeNumber = Annotated[str, Field(min_length=1, max_length=20)]


class PersonRefIn(Body):
    """A person: either number or id."""

    ways: ClassVar[Ways] = {
        "ByNumber": Way(needs=("cme_number",), without=("person_id",)),
        "ById": Way(needs=("person_id",), without=("cme_number",)),
    }

    cme_number: CmeNumber | None = None
    person_id: uuid.UUID | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.cme_number is None) == (self.person_id is None):
            raise PydanticCustomError("one_of", ONE_OF, {"names": "cme_number, person_id"})
        return self

    def person(self) -> PersonRef:
        """Return the person that is meant."""
        return PersonRef(self.cme_number, self.person_id)


class NamedRefIn(PersonRefIn):
    """A person: either number or id. name: for somebody of another hospital, whom a number alone doesn't find."""

    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    def named(self) -> NamedRef:
        """Return the person that is meant, as the caller knows them."""
        return NamedRef(self.person(), self.name)
