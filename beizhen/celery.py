"""The farm's Celery: a bell that wakes workers; what there is to do stands in database rows."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
app = Celery("beizhen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
