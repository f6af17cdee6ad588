"""Alembic's environment: the connection comes from `service.edge.database.migrate`."""

from alembic import context

from models import Base


def run() -> None:
    """Bring the schema of the given connection to the wanted revision, in one transaction."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError(
            "migrations run through service.edge.database.migrate, which opens the database as it must be"
        )
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
