"""The default store: a folder with two levels below it, so that no folder has more than some thousand files."""

import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from foundation.stored_files.store import FileMissing, check_name

_MODE = 0o700


class FolderStore:
    """Keeps files in a folder that several machines may share. Implements `FileStore`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Write a temporary file, sync it and rename it: a reader, or a crash, never finds half a file."""
        path = self._path(name)
        path.parent.mkdir(mode=_MODE, parents=True, exist_ok=True)
        draft = path.parent / f".{secrets.token_hex(8)}.draft"
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:  # noqa: PTH123 - mode at birth
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync(folder)

    def get(self, name: str) -> bytes:
        """Return the content. Raises FileMissing."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise FileMissing(name) from None

    def exists(self, name: str) -> bool:
        """Return whether there is such a file."""
        return self._path(name).exists()

    def delete(self, name: str) -> None:
        """Delete the file, if there is one."""
        self._path(name).unlink(missing_ok=True)

    def older_than(self, shard: str, until: datetime) -> Iterator[str]:
        """Yield the names of a shard that were stored before an instant. Old drafts of a crash are deleted."""
        for path in sorted(self._folder.glob(f"{shard}/*/*")):
            with suppress(FileNotFoundError):  # deleted meanwhile
                if path.stat().st_mtime >= until.timestamp():
                    continue
                if path.name.endswith(".draft"):
                    path.unlink()
                else:
                    yield path.name

    def ready(self) -> bool:
        """Return whether the folder can be written."""
        try:
            self._folder.mkdir(mode=_MODE, parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self._folder, os.R_OK | os.W_OK | os.X_OK)

    def _path(self, name: str) -> Path:
        check_name(name)
        return self._folder / name[:2] / name[2:4] / name


def _sync(folder: Path) -> None:
    """Make the names in a folder last."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
