"""The service: HTTP, processes, settings. No other package imports Flask."""
