"""The service with a fake face engine, in which each request hashes its password itself, without a queue."""

import contextlib
import sys
from collections.abc import Iterator

from apiflask import APIFlask

import service.app
from accounts.sign_in.password_queue import PasswordHasher, PasswordQueue
from accounts.sign_in.passwords import hash_password, is_password
from service.run import Program, main
from tests.fakes import FakeEngine


class _HasherAtOnce(PasswordHasher):
    def hash(self, password: str) -> str:
        return hash_password(password)

    def fits(self, stored: str | None, password: str) -> bool:
        return is_password(stored, password)


class _NoQueue(PasswordQueue):
    @contextlib.contextmanager
    def place(self) -> Iterator[PasswordHasher]:
        yield _HasherAtOnce()


def make_app() -> APIFlask:
    """Return the service's app without the queue."""
    service.app.PasswordQueue = _NoQueue  # type: ignore[attr-defined]
    return service.app.create_app()


if __name__ == "__main__":
    sys.exit(
        main(
            Program(
                load_engine=lambda settings: FakeEngine(),
                application="bench.baselines.unqueued_passwords:make_app()",
            )
        )
    )
