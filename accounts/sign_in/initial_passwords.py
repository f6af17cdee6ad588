"""The initial password (初始密码, M-2.3), which everybody knows."""

INITIAL_PASSWORD = "123456"  # noqa: S105 - M-2.3 makes it public


def is_initial_password(password: str, cme_number: str) -> bool:
    """Return whether this password may be the initial one of an account with this number.

    The setting may have changed since the account was created, so both kinds count. Nobody can choose either of them
    as a new password: `check_new_password` refuses them.
    """
    return password in (INITIAL_PASSWORD, cme_number)
