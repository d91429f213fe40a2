"""The farm's Celery: a bell that wakes workers; what there is to do stands in database rows."""

import os

from celery import Celery
from celery.signals import task_postrun, worker_init
from django.conf import settings
from django.db import close_old_connections
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # `make check` ran them; a worker need not load all pages for them
app = Celery("beizhen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf["CELERY_DB_REUSE_MAX"] = 1000  # read only under this old name: else every task opens a pool of its own
app.autodiscover_tasks()


@worker_init.connect
def know_the_pages(**_: object) -> None:
    """For links in letters and on labels: loaded once, before a pool forks, and without the tools' and the staff's."""
    settings.ROOT_URLCONF = "beizhen.page_urls"
    get_resolver().url_patterns  # noqa: B018  # to ask for them is to load them


@task_postrun.connect
def give_connections_back(**_: object) -> None:
    """To the pool, between tasks; Celery itself would close the whole pool each time."""
    close_old_connections()
