"""The service: HTTP, processes, settings. No other package imports Flask."""

__version__ = "0.1.0"
