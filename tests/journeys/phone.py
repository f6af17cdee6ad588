"""A learner's phone, an organizer's screen: somebody who calls a running service over HTTP."""

import ssl
from collections.abc import Sequence
from typing import Any

import httpx

from tests.api import new_key
from tests.service.running.running_service import GUARD_SECONDS, RunningService, until

_TLS = ssl.create_default_context()  # made once: it takes longer than a request
NEW_PASSWORD = "Ward-7-rounds!"


class Phone:
    """A client with a connection of its own; `token` goes with every call."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        self._base_url = base_url
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(
            base_url=base_url, headers=headers, timeout=GUARD_SECONDS, trust_env=False, verify=_TLS
        )

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Call `path` below /api/v1."""
        return self._client.request(method, f"/api/v1{path}", **more)

    def sign_in(self, account: dict[str, str]) -> "Phone":
        """Sign in with the initial password and change it, as everybody must at first."""
        told = {"cme_number": account["cme_number"], "password": account["password"]}
        first = self.call("POST", "/auth/login", json=told)
        assert first.status_code == 200, first.text
        assert first.json()["must_change_password"] is True
        changing = Phone(self._base_url, first.json()["access_token"])
        assert changing.call("GET", "/me").status_code == 403
        change = {"current_password": account["password"], "new_password": NEW_PASSWORD}
        changed = changing.call("PUT", "/me/password", json=change)
        changing.close()
        assert changed.status_code == 200, changed.text
        return Phone(self._base_url, changed.json()["access_token"])

    def enrol(self, photos: Sequence[bytes]) -> httpx.Response:
        """Agree to the current text and enrol a face."""
        version = self.call("GET", "/face-consent").json()["version"]
        return self.call("POST", "/me/face", data={"consent_version": version}, files=_files(photos))

    def ticket(self, scanned: str) -> httpx.Response:
        """Exchange a scanned code."""
        return self.call("POST", "/check-in-tickets", json={"qr": scanned})

    def check_in(self, ticket: str, photo: bytes, key: str | None = None) -> httpx.Response:
        """Show one's face."""
        headers = {"Idempotency-Key": key or new_key()}
        return self.call("POST", "/check-ins", data={"ticket": ticket}, files=_files([photo]), headers=headers)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def __enter__(self) -> "Phone":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def await_ready(service: RunningService) -> None:
    """Wait until a service can do its whole work; fails with the end of its log where it ended instead."""

    def is_ready_or_over() -> bool:
        return service.process.poll() is not None or (service.is_open() and service.call("GET", "/readyz")[0] == 200)

    until(is_ready_or_over, "the service is ready")
    assert service.process.poll() is None, service.log.read_text()[-3000:]


def _files(photos: Sequence[bytes]) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("photos", (f"{place}.jpg", photo, "image/jpeg")) for place, photo in enumerate(photos)]
