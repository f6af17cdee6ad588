"""A database to seed."""

from sqlalchemy import Engine, create_engine

from service.configuration.settings import Settings
from service.edge.database import prepare_engine
from service.edge.migrating import migrate


def migrated_engine(settings: Settings) -> Engine:
    """Return an engine of the settings' database, with its tables, that behaves as the service's own."""
    migrate(settings)
    engine = create_engine(settings.database)
    prepare_engine(engine)
    return engine
