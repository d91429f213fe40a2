"""A worker, without what Celery's other commands load before it: an interactive shell among them.

`python -m beizhen.worker` takes the options of `celery worker` but --detach: whoever starts it, keeps it.
"""

from celery.bin.base import CLIContext
from celery.bin.worker import worker
from celery.signals import worker_init
from django.conf import settings
from django.urls import get_resolver

from beizhen.celery import app


@worker_init.connect
def know_the_pages(**_: object) -> None:
    """For links in letters and on labels: loaded once, before a pool forks, and without the tools' and the staff's."""
    settings.ROOT_URLCONF = "beizhen.page_urls"
    get_resolver().url_patterns  # noqa: B018  # to ask for them is to load them


if __name__ == "__main__":
    worker.main(obj=CLIContext(app, no_color=False, workdir=None), auto_envvar_prefix="CELERY_WORKER")
