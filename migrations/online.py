"""Changes of tables that may be large, while the service goes on. docs/how-to/change-a-large-table.md tells when.

From the middle of 2026 on, a migration makes no index on a table of an earlier migration in any other way: a guard test
looks.
"""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import text

_LONGEST_WAIT = "10min"


def create_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index; on PostgreSQL concurrently, so that writes to the table go on meanwhile.

    That needs to be outside of a transaction: what the migration did before it is committed first. So such an index has
    a migration of its own, which can run again after it was interrupted: what an interrupted one has left is replaced.
    """
    if op.get_bind().dialect.name != "postgresql":
        op.create_index(name, table, list(columns), **options)
        return
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        before = connection.scalar(text("SHOW lock_timeout"))
        # It waits for open transactions and harms nobody meanwhile. A longer limit, because it leaves an index that is
        # not valid, which the next try replaces; but a limit, because a forgotten transaction may last for days.
        connection.execute(text(f"SET lock_timeout = '{_LONGEST_WAIT}'"))
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, list(columns), postgresql_concurrently=True, **options)
        connection.execute(text(f"SET lock_timeout = '{before}'"))
