"""Recognizes errors that mean a full disk: from SQLite, from PostgreSQL, or from our own files."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

RETRY_SECONDS = 60
"""How long a client should wait before the next try: a person must free space first."""

_FULL = (errno.ENOSPC, errno.EDQUOT)
_SQLITE_FULL = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,  # SQLite's error for a full quota
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_SHMSIZE,  # the index of the write-ahead log can't grow
)
_POSTGRESQL_FULL = "53100"  # disk_full


def why_full(error: BaseException) -> str | None:
    """Return the name of the error, for example `ENOSPC` or `disk_full`; None if the error is not a full disk."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return str(error.sqlite_errorname) if code in _SQLITE_FULL else None
    if getattr(error, "sqlstate", None) == _POSTGRESQL_FULL:
        return "disk_full"
    if isinstance(error, OSError) and error.errno in _FULL:
        return errno.errorcode[error.errno]
    return None
