"""Files of evidence."""

import itertools

from tests.api import Api
from tests.credit.evidence import files

_numbers = itertools.count()


def upload(who: Api) -> str:
    """Upload a picture, another one each time: its id."""
    made = files.upload(who, files.picture(size=(40, 30)) + next(_numbers).to_bytes(8, "big"))
    assert made.status_code == 201, made.json
    return str(made.json["id"])
