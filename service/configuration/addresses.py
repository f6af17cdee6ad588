"""Checks the addresses in the settings: where the database is, and what phones see. Messages never hold the address."""

from urllib.parse import urlsplit

_DATABASES = ("postgresql+psycopg", "sqlite")


def check_database_url(given: str) -> str:
    """Return the URL of a database that we can open. Raises ValueError; a password in it is not shown."""
    scheme, separator, rest = given.partition("://")
    if not given:
        return given
    if not separator or scheme not in _DATABASES:
        raise ValueError("must begin with postgresql+psycopg:// (or sqlite:///): other databases are not supported")
    if scheme == "sqlite":
        if not rest.startswith("/") or not rest.strip("/"):
            raise ValueError("must name a file, as in sqlite:////srv/cme/cme.db")
        return given
    try:
        parts = urlsplit(given)
        has_name = bool(parts.path.strip("/"))
        if "@" in parts.path + parts.query or parts.netloc.count("@") > 1 or (parts.port or 1) < 1:
            raise ValueError
    except ValueError:
        raise ValueError(
            "can't be read: wanted postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME; a / or @ in the password must be "
            "written as %2F or %40"
        ) from None
    if not has_name:
        raise ValueError("names no database: wanted postgresql+psycopg://USER:PASSWORD@HOST:PORT/NAME")
    return given


def check_public_url(given: str) -> str:
    """Return the address that phones see. Raises ValueError for anything but scheme, host and port."""
    if not given:
        return given
    try:
        parts = urlsplit(given)
        _ = parts.port
    except ValueError:
        raise ValueError("can't be read: wanted an address as https://cme.example.cn") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with https:// (or http://) and name a host, as https://cme.example.cn")
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc or any(c.isspace() for c in given):
        raise ValueError("must be an address without path, query or user, as https://cme.example.cn")
    return given
