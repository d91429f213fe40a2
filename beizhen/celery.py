"""The farm's Celery: a bell that wakes workers; what there is to do stands in database rows."""

import os

from celery import Celery
from celery.signals import task_postrun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # `make check` ran them; a worker need not load all pages for them
app = Celery("beizhen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # read only under this old name: else every task opens a pool of its own
app.autodiscover_tasks()


@task_postrun.connect
def give_connections_back(**_: object) -> None:
    """To the pool, between tasks; Celery itself would close the whole pool each time."""
    close_old_connections()
