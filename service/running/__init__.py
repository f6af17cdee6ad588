"""The processes: supervisor's children, workers, sweeps, start."""
