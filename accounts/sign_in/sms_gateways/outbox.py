"""An outbox on disk in place of a phone network, for the demo and for tests."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from accounts.sign_in.sms import SmsMessage


@dataclass(frozen=True)
class SentMessage:
    """A message in the outbox. sent_at: aware UTC instant."""

    message: SmsMessage
    sent_at: datetime


class OutboxGateway:
    """Stores the last code and the last notice to each phone, in files that only their owner can read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, message: SmsMessage) -> None:
        """Store the message in the outbox, in place of the last one of its sort to this phone."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps({**asdict(message), "sent_at": datetime.now(UTC).isoformat()}, ensure_ascii=False)
        number, draft = tempfile.mkstemp(dir=self._directory, prefix=".")  # mode 600
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(content)
        Path(draft).replace(self._path(message.phone, is_notice=not message.code))

    def last(self, phone: str) -> SentMessage | None:
        """Return the last message with a code to `phone` (E.164); None if there is none."""
        return self._read(self._path(phone, is_notice=False))

    def last_notice(self, phone: str) -> SentMessage | None:
        """Return the last message without a code to `phone` (E.164); None if there is none."""
        return self._read(self._path(phone, is_notice=True))

    def _read(self, path: Path) -> SentMessage | None:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        sent_at = datetime.fromisoformat(content.pop("sent_at"))
        return SentMessage(SmsMessage(**content), sent_at)

    def _path(self, phone: str, *, is_notice: bool) -> Path:
        # A hash of a phone can be found by trying all phones. It only keeps numbers out of file listings.
        name = hashlib.sha256(phone.encode()).hexdigest()[:32]
        return self._directory / f"{name}{'.notice' if is_notice else ''}.json"
