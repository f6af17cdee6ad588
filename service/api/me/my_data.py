"""All that is stored of me, to take away (PRIVACY L-14, X-6)."""

from apiflask import APIBlueprint

from attendance.own import own_data
from service.api.me.schemas.my_data import MyDataOut
from service.edge.access import signed_in
from service.edge.answers.refusals import refuses
from service.edge.calls import Call

api = APIBlueprint("my_data", __name__, tag="Me")


@api.get("/me/data")
@signed_in(writes=True)  # each answer is counted
@refuses("too_many_attempts")
@api.output(MyDataOut)
def get_my_data(call: Call) -> MyDataOut:
    """Give me all that is stored of me as one JSON document, five times a day at most.

    It has no embedding, no key and no secret, and nothing of anybody else.
    """
    found = own_data.collect(call.db, person_id=call.caller.person_id, seal=call.components.seal, now=call.now)
    return MyDataOut.of(found, call.now)
