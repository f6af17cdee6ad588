"""The processes of the service: start, workers, sweeps."""
