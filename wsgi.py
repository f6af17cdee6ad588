"""The service for gunicorn: `gunicorn wsgi:app`. `scripts/serve` starts it together with the face pool."""

from service.app import create_app

app = create_app()
