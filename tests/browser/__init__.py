"""The web client in a real Chromium, with a fake camera, on the real service: see `conftest.py`."""
