"""Read by every `gunicorn` that is started in this folder."""

from companion.webserver import *  # noqa: F403 - gunicorn takes the names it knows
