"""Alembic's environment: the connection comes from `service.edge.migrating.migrate`."""

from alembic import context

from models import Base


def run() -> None:
    """Bring the schema of the given connection to the wanted revision.

    In a transaction of the caller's, where one is open (SQLite); otherwise in one for each migration, so that an index
    can be made without one (migrations/online.py).
    """
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError(
            "migrations run through service.edge.migrating.migrate, which opens the database as it must be"
        )
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
