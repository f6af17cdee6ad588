"""Load on a running service, made by processes of its own."""
