"""The door for web servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beizhen.settings")
application = get_wsgi_application()
# All doors are loaded before somebody knocks. Of the 200,000 things then in memory none goes away: the collector need
# not look through them now and again, while everybody waits (60 ms and more).
gc.disable()
get_resolver().url_patterns  # noqa: B018  # to ask for them is to load them
gc.freeze()
gc.enable()
