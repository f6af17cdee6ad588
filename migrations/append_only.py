"""Triggers that let rows only ever be added, for migrations on both databases.

A later migration that has SQLite copy such a table (`batch_alter_table`) loses its triggers: it must protect it again.
"""

from collections.abc import Sequence

from alembic import op

MESSAGE = "rows of {table} are only ever added"


def protect(table: str, *, keys: Sequence[Sequence[str]]) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of `table`.

    keys: its primary key and unique constraints. SQLite's INSERT OR REPLACE deletes without asking the triggers of
    DELETE; so there a row whose key is taken is refused before it is inserted.
    """
    if op.get_bind().dialect.name == "sqlite":
        _protect_on_sqlite(table, keys)
        return
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _protect_on_sqlite(table: str, keys: Sequence[Sequence[str]]) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE.format(table=table)}'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    for place, columns in enumerate(keys):
        same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace_{place} BEFORE INSERT ON {table}"  # noqa: S608 - our own names
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )
