"""The processes of the service: start, supervisor, job workers, upkeep."""
