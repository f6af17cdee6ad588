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
    """Stores the last message to each phone in a file that only its owner can read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def send(self, message: SmsMessage) -> None:
        """Store the message in the outbox, in place of the last one to this phone."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = json.dumps({**asdict(message), "sent_at": datetime.now(UTC).isoformat()}, ensure_ascii=False)
        number, draft = tempfile.mkstemp(dir=self._directory, prefix=".")  # mode 600
        with os.fdopen(number, "w", encoding="utf-8") as out:
            out.write(content)
        Path(draft).replace(self._path(message.phone))

    def last(self, phone: str) -> SentMessage | None:
        """Return the last message to `phone` (E.164); None if there is none."""
        try:
            content = json.loads(self._path(phone).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        sent_at = datetime.fromisoformat(content.pop("sent_at"))
        return SentMessage(SmsMessage(**content), sent_at)

    def _path(self, phone: str) -> Path:
        # A hash of a phone can be found by trying all phones. It only keeps numbers out of file listings.
        return self._directory / f"{hashlib.sha256(phone.encode()).hexdigest()[:32]}.json"
