"""The site: settings, routes, errors and the two commands; importing it makes the Celery app known to tasks."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
