"""The site as a WSGI application: `gunicorn wsgi:app`."""

from forum import create_app

app = create_app()
