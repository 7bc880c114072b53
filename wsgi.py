"""What a WSGI server loads: `gunicorn wsgi:app`."""

from companion.webserver import application

app = application()
