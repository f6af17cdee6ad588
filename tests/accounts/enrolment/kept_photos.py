"""What the tests of kept photos share with others."""

from tests.api import Api


def enrol(me: Api, *photos: bytes, keep: str | None = "true") -> int:
    asked = {} if keep is None else {"keep_photos": keep}
    return me.send_photos("/me/face", photos, consent_version="test-1", **asked).status_code
