"""The WSGI entry point: `granian --interface wsgi app.wsgi:app`."""

from app import create_app

app = create_app()
