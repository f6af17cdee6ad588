"""Says in one line why a program can't do its work: for its last line on stderr, before it ends with exit code 2."""

from service.observing.redaction import redact


def why(error: BaseException) -> str | None:
    """Return one line for the person at the terminal; None for an error that only its traceback explains.

    Lines of the database are masked, since they may hold values.
    """
    from sqlalchemy.exc import DataError, DBAPIError, IntegrityError  # the supervisor loads no database driver

    from service.configuration.keys import BadKey
    from service.configuration.reading import WrongSettings
    from service.edge.migrating import CannotMigrate

    if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):  # those are faults of ours
        if _is_without_tables(error):
            return "the database has no tables yet, or those of an older version: start scripts/serve once first"
        return f"the database can't be used (DATABASE_URL): {_first_line(error.orig)}"
    if isinstance(error, WrongSettings | BadKey | CannotMigrate | OSError):
        return _first_line(error)
    return None


def _is_without_tables(error: BaseException) -> bool:
    told = str(getattr(error, "orig", ""))
    return getattr(getattr(error, "orig", None), "sqlstate", "") in ("42P01", "42703") or any(
        words in told for words in ("no such table", "no such column")
    )


def _first_line(error: object) -> str:
    return redact(str(error).strip().partition("\n")[0])
