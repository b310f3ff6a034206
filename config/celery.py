"""The Celery app: ``celery -A config worker`` and ``celery -A config beat`` find it here."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("config")
# Threads find an app only as the default one; otherwise their tasks go to a broker nobody reads.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
