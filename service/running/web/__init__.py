"""The web workers: gunicorn's settings, and how requests arrive and answers leave."""
