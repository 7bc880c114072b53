"""What a WSGI server loads: `gunicorn wsgi:app`."""

from companion import serving_app

app = serving_app()
