"""The Celery app: it wakes work up over many processes; the rows in the database stay the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("mandates")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
